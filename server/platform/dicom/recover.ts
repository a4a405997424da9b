import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { INCOMING, closeArchive, datasetDigest, identify, openArchive, settle, type Archive, type Durable } from './archive.ts';
import { remove } from './disk.ts';
import { metaOf, readHeader } from './file.ts';
import { readMark, type Mark } from './mark.ts';
import type { StorageSink } from './storage.ts';

export interface Recovery {
  /** Half files that were removed. */
  readonly removed: number;
  /** Objects that were whole and not acknowledged, now indexed (or found to be). */
  readonly finished: number;
  /** Objects that could not be indexed: they are left for the next start. */
  readonly failed: number;
}

/**
 * Clears `incoming/` after a crash; to be called before the server starts. A file that has its place in the archive too (two names) was whole
 * and perhaps not indexed: it is given to `accept`. One that has not, or is not what its mark says, was never acknowledged: it is removed with
 * its place, its sender will send it again.
 */
export async function recover(sink: StorageSink): Promise<Recovery> {
  const archive = await openArchive(sink, 0);
  const recovery = { removed: 0, finished: 0, failed: 0 };
  try {
    for (const name of await readdir(join(sink.root, INCOMING))) recovery[await recoverFile(archive, name)]++;
  } finally {
    await closeArchive(archive);
  }
  return recovery;
}

async function recoverFile(archive: Archive, name: string): Promise<keyof Recovery> {
  const { root } = archive.sink;
  const file = join(root, INCOMING, name);
  const found = await stat(file);
  const whole = found.nlink > 1 ? await readWhole(file, found, readMark(name)) : null;
  if (!whole) {
    await removePlace(root, name, found);
    await remove(file);
    return 'removed';
  }
  try {
    const outcome = await settle(archive, whole);
    if (outcome.kind === 'failed') return 'failed';
    await remove(file);
    return 'finished';
  } catch {
    return 'failed';
  }
}

/** The object in a file; null when it is none, or not what its mark says. */
async function readWhole(file: string, { size, mtime }: Stats, mark: Mark | null): Promise<Durable | null> {
  const sha256 = await datasetDigest(file);
  if (mark && (size !== mark.fileBytes || !sha256.startsWith(mark.digest))) return null;
  const meta = await metaOf(file);
  const header = meta && (await readHeader(file));
  const identity = header && identify(header);
  if (!meta || !header || !identity || typeof identity === 'string') return null;
  const about = { associationId: null, callingAeTitle: '', transferSyntaxUid: meta.transferSyntaxUid, startedAt: mtime, receivedAt: mtime };
  return { ...about, ...identity, datasetBytes: size - meta.datasetAt, fileBytes: size, file, header, sha256 };
}

/** Removes the place that a mark names, if this file lies there. */
async function removePlace(root: string, name: string, { ino, dev }: Stats): Promise<void> {
  const mark = readMark(name);
  const place = mark && join(root, mark.path);
  const there = place && (await stat(place).catch(() => null));
  if (there && there.ino === ino && there.dev === dev) await remove(place);
}
