import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { INCOMING, closeArchive, datasetDigest, identify, openArchive, settle, type Archive } from './archive.ts';
import { remove } from './disk.ts';
import { metaOf, readHeader } from './file.ts';
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
 * and perhaps not indexed: it is given to `accept`. One that has not was never acknowledged: it is removed, its sender will send it again.
 */
export async function recover(sink: StorageSink): Promise<Recovery> {
  const archive = await openArchive(sink, 0);
  const recovery = { removed: 0, finished: 0, failed: 0 };
  try {
    for (const name of await readdir(join(sink.root, INCOMING))) {
      recovery[await recoverFile(archive, join(sink.root, INCOMING, name))]++;
    }
  } finally {
    await closeArchive(archive);
  }
  return recovery;
}

async function recoverFile(archive: Archive, file: string): Promise<keyof Recovery> {
  const { nlink, size, mtime } = await stat(file);
  const meta = nlink > 1 ? await metaOf(file) : null;
  const header = meta && (await readHeader(file));
  const identity = header && identify(header);
  if (!meta || !header || !identity || typeof identity === 'string') {
    await remove(file);
    return 'removed';
  }
  const about = { associationId: null, callingAeTitle: '', transferSyntaxUid: meta.transferSyntaxUid, startedAt: mtime, receivedAt: mtime };
  const sizes = { datasetBytes: size - meta.datasetAt, fileBytes: size };
  try {
    const outcome = await settle(archive, { ...about, ...sizes, ...identity, file, header, sha256: await datasetDigest(file) });
    if (outcome.kind === 'failed') return 'failed';
    await remove(file);
    return 'finished';
  } catch {
    return 'failed';
  }
}
