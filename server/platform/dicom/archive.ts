import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { createFolderSync, exists, place, remove, type FolderSync } from './disk.ts';
import { metaOf } from './file.ts';
import type { DicomHeader } from './header.ts';
import type { ReceivedInstance, StorageSink, StoreOutcome } from './storage.ts';
import { errorCode } from './text.ts';
import { isUid } from './uids.ts';

export const INCOMING = 'incoming';
export const CONFLICTS = 'conflicts';

/** The archive's folders, and what is being done in them. */
export interface Archive {
  readonly sink: StorageSink;
  readonly folders: FolderSync;
  /** Longest PDU that may come at once. */
  readonly pduBytes: number;
  /** Files that are being placed: two objects of one name at once take turns. */
  readonly claims: Map<string, Promise<unknown>>;
}

/** An object as it lies in `incoming/`, whole and synced. */
export interface Durable extends Omit<ReceivedInstance, 'path' | 'conflictPath'> {
  /** Absolute path in `incoming/`. */
  readonly file: string;
}

/** An archive, its own two folders made. */
export async function openArchive(sink: StorageSink, pduBytes: number): Promise<Archive> {
  const folders = createFolderSync();
  await folders.make(join(sink.root, INCOMING));
  await folders.make(join(sink.root, CONFLICTS));
  return { sink, folders, pduBytes, claims: new Map() };
}

/** The UIDs of a header when an object can be stored under them; else what is wrong, in words for the sender. */
export function identify(
  header: DicomHeader,
): { studyInstanceUid: string; seriesInstanceUid: string; sopInstanceUid: string; sopClassUid: string } | string {
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, SOPClassUID } = header.values;
  if (!isUid(SOPInstanceUID)) return 'SOP Instance UID missing or invalid';
  if (!isUid(SOPClassUID)) return 'SOP Class UID missing or invalid';
  if (!isUid(StudyInstanceUID)) return 'Study Instance UID missing or invalid';
  if (!isUid(SeriesInstanceUID)) return 'Series Instance UID missing or invalid';
  return {
    studyInstanceUid: StudyInstanceUID,
    seriesInstanceUid: SeriesInstanceUID,
    sopInstanceUid: SOPInstanceUID,
    sopClassUid: SOPClassUID,
  };
}

/**
 * Places a durable object, has it indexed, and clears up by the outcome. When it returns, `stored` and `conflict` are safe on the disk and
 * in the index, and after `failed` it has no place in the archive. Its file in `incoming/` is the caller's to remove, last of all: a crash
 * before that makes `recover` index the object again.
 *
 * @throws errors of the file system and whatever `accept` throws; the object has no place in the archive then.
 */
export async function settle(archive: Archive, durable: Durable): Promise<StoreOutcome> {
  const name = `${folderOf(archive.sink, durable.header)}/${durable.sopInstanceUid}.dcm`;
  const before = archive.claims.get(name);
  const turn = (before ?? Promise.resolve()).then(
    () => settleAlone(archive, durable, name),
    () => settleAlone(archive, durable, name),
  );
  archive.claims.set(name, turn);
  try {
    return await turn;
  } finally {
    if (archive.claims.get(name) === turn) archive.claims.delete(name);
  }
}

async function settleAlone(archive: Archive, durable: Durable, name: string): Promise<StoreOutcome> {
  const { root } = archive.sink;
  const conflictPath = `${CONFLICTS}/${durable.sopInstanceUid}-${durable.sha256.slice(0, 16)}.dcm`;
  let made: string | null = null;
  try {
    const { path, created } = await put(archive, durable, name, conflictPath);
    made = created ? path : null;
    const { file, ...about } = durable;
    const outcome = await archive.sink.accept({ ...about, path, conflictPath });
    if (outcome.kind === 'conflict' && path !== conflictPath) await moveTo(archive, made ?? file, conflictPath, made);
    if (outcome.kind === 'failed' && made !== null) await remove(join(root, made));
    if (outcome.kind === 'same' && made !== null) await removeCopy(root, made, outcome.path);
    return outcome;
  } catch (error) {
    if (made !== null) await remove(join(root, made)).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** Gives the object its name in the archive, or one in `conflicts/` when that is taken by other content. */
async function put(archive: Archive, durable: Durable, name: string, conflictPath: string): Promise<{ path: string; created: boolean }> {
  const { root } = archive.sink;
  const folder = join(root, name, '..');
  await archive.folders.make(folder);
  const placed = await placeAt(archive, durable.file, name).catch(async (error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    archive.folders.forget(folder); // somebody removed it, as a study is deleted
    await archive.folders.make(folder);
    return placeAt(archive, durable.file, name);
  });
  if (placed) return { path: name, created: true };
  if ((await datasetDigest(join(root, name))) === durable.sha256) return { path: name, created: false };
  const created = await placeAt(archive, durable.file, conflictPath);
  return { path: conflictPath, created };
}

async function placeAt(archive: Archive, file: string, name: string): Promise<boolean> {
  const path = join(archive.sink.root, name);
  try {
    await place(file, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  await archive.folders.sync(join(path, '..'));
  return true;
}

async function moveTo(archive: Archive, from: string, conflictPath: string, made: string | null): Promise<void> {
  const { root } = archive.sink;
  await rename(made === null ? from : join(root, made), join(root, conflictPath));
  await archive.folders.sync(join(root, CONFLICTS));
}

/** Our copy goes only when the other one is known and there: it may be this very file that had been lost. */
async function removeCopy(root: string, made: string, other: string | undefined): Promise<void> {
  if (other === undefined || other === made || !(await exists(join(root, other)))) return;
  await remove(join(root, made));
}

/** SHA-256 of the data set in a file of the archive. */
export async function datasetDigest(path: string): Promise<string> {
  const meta = await metaOf(path);
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { start: meta?.datasetAt ?? 0 })) {
    if (Buffer.isBuffer(bytes)) hash.update(bytes);
  }
  return hash.digest('hex');
}

/** The domain's folder, checked: inside the archive and not one of ours. */
function folderOf(sink: StorageSink, header: DicomHeader): string {
  const folder = sink.folderFor(header);
  const clean = normalize(folder).replaceAll('\\', '/');
  const first = clean.split('/')[0] ?? '';
  if (isAbsolute(folder) || clean !== folder || ['', '.', '..', INCOMING, CONFLICTS].includes(first)) {
    throw new Error('folderFor gave a path outside of the archive');
  }
  return folder;
}
