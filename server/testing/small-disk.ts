import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file system of its own that can be filled and locked, in memory. */
export interface SmallDisk {
  /** Leaves room for so many bytes. */
  fillUpTo(freeBytes: number): void;
  /** Gives all room back. */
  empty(): void;
  readOnly(yes: boolean): void;
  unmount(): void;
}

/** Whether file systems may be mounted here: by root, outside of locked containers. */
export function mayMount(): boolean {
  const folder = path.join(tmpdir(), `vigie-may-mount-${process.pid}`);
  mkdirSync(folder);
  const may = process.platform === 'linux' && mount(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (may) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  if (!may)
    process.stderr.write('\n!! No file system may be mounted here (root may): the tests with a disk that is truly full are SKIPPED\n\n');
  return may;
}

/** Mounts a small file system at a folder, which it makes. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  if (!mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])) throw new Error('no file system may be mounted here');
  const ballast = path.join(folder, 'ballast');
  return {
    fillUpTo(freeBytes) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes), 1));
    },
    empty: () => rmSync(ballast, { force: true }),
    readOnly: (yes) => void mount(['-o', `remount,${yes ? 'ro' : 'rw'}`, folder]),
    unmount: () => void spawnSync('umount', ['-l', folder]),
  };
}

function mount(args: readonly string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}
