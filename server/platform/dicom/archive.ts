import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { createFolderSync, exists, place, remove, type FolderSync } from './disk.ts';
import { metaOf } from './file.ts';
import type { DicomHeader } from './header.ts';
import { createPlacer, type Placer } from './placer.ts';
import type { ReceivedInstance, StorageSink, StoreOutcome } from './storage.ts';
import { errorCode } from './text.ts';
import { isUid } from './uids.ts';

export const INCOMING = 'incoming';
export const CONFLICTS = 'conflicts';

/** The archive's folders, and what is being done in them. */
export interface Archive {
  readonly sink: StorageSink;
  readonly folders: FolderSync;
  readonly placer: Placer;
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

/** An object that is whole in memory and not on the disk yet. */
export interface Content {
  readonly memory: SharedArrayBuffer;
  readonly used: number;
}

/** An archive, its own two folders made. */
export async function openArchive(sink: StorageSink, pduBytes: number): Promise<Archive> {
  const folders = createFolderSync();
  await folders.make(join(sink.root, INCOMING));
  await folders.make(join(sink.root, CONFLICTS));
  return { sink, folders, placer: createPlacer(), pduBytes, claims: new Map() };
}

/** Ends what an archive keeps open. */
export async function closeArchive({ folders, placer }: Archive): Promise<void> {
  folders.close();
  await placer.close();
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
 * Places an object, has it indexed, and clears up by the outcome. When it returns, `stored` and `conflict` are safe on the disk and in the index,
 * and after `failed` it has no place in the archive. It lies whole and synced in `incoming/`, or is `content` still. Its file in `incoming/` is
 * the caller's to remove, last of all: a crash before that makes `recover` index the object again.
 *
 * @throws errors of the file system and whatever `accept` throws; the object has no place in the archive then.
 */
export async function settle(archive: Archive, durable: Durable, content: Content | null = null): Promise<StoreOutcome> {
  const name = placeOf(archive.sink, durable);
  const settleNow = () => settleAlone(archive, durable, name, content);
  const turn = (archive.claims.get(name) ?? Promise.resolve()).then(settleNow, settleNow);
  archive.claims.set(name, turn);
  try {
    return await turn;
  } finally {
    if (archive.claims.get(name) === turn) archive.claims.delete(name);
  }
}

/** An object whose file is safe, and whose name in the archive is not to be had at once. */
class Unplaced extends Error {}

async function settleAlone(archive: Archive, durable: Durable, name: string, content: Content | null): Promise<StoreOutcome> {
  const conflictPath = `${CONFLICTS}/${durable.sopInstanceUid}-${durable.sha256.slice(0, 16)}.dcm`;
  const places = { name, conflictPath };
  try {
    return content ? await placeWhileIndexed(archive, durable, places, content) : await placeThenIndex(archive, durable, places);
  } catch (error) {
    if (error instanceof Unplaced) return placeThenIndex(archive, durable, places);
    throw error;
  }
}

interface Places {
  readonly name: string;
  readonly conflictPath: string;
}

/** The usual way of a new object, but the first of its series: its file and its index become safe at the same time. */
async function placeWhileIndexed(archive: Archive, durable: Durable, places: Places, content: Content): Promise<StoreOutcome> {
  const { sink, placer } = archive;
  const { name: path, conflictPath } = places;
  const target = join(sink.root, path);
  const { file, ...about } = durable;
  const placing = placer.place({ file, target, ...content });
  const safe = placing.then((outcome) => {
    if (outcome === 'unplaced') throw new Unplaced();
  });
  const instance = { ...about, path, conflictPath };
  const accepting = sink.acceptEarly ? sink.acceptEarly(instance, safe) : safe.then(() => sink.accept(instance));
  const [placed, accepted] = await Promise.allSettled([safe, accepting]);
  // The first fault is the one to tell: what could not be written could not be indexed either.
  if (placed.status === 'rejected') throw placed.reason;
  try {
    if (accepted.status === 'rejected') throw accepted.reason;
    return await conclude(archive, durable, { path, created: true, conflictPath }, accepted.value);
  } catch (error) {
    await remove(target).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** The way of long objects, of those found after a crash, and of those whose name is taken: one step after the other. */
async function placeThenIndex(archive: Archive, durable: Durable, { name, conflictPath }: Places): Promise<StoreOutcome> {
  const { sink } = archive;
  const { path, created } = await put(archive, durable, name, conflictPath);
  const { file: _file, ...about } = durable;
  try {
    const outcome = await sink.accept({ ...about, path, conflictPath });
    return await conclude(archive, durable, { path, created, conflictPath }, outcome);
  } catch (error) {
    if (created) await remove(join(sink.root, path)).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** Where an object lies, and whether we gave it that name. */
interface Placed {
  readonly path: string;
  readonly created: boolean;
  readonly conflictPath: string;
}

/** Clears up by what the index said. */
async function conclude(archive: Archive, { file }: Durable, placed: Placed, outcome: StoreOutcome): Promise<StoreOutcome> {
  const { root } = archive.sink;
  const made = placed.created ? placed.path : null;
  if (outcome.kind === 'conflict' && placed.path !== placed.conflictPath) await moveTo(archive, made ?? file, placed.conflictPath, made);
  if (outcome.kind === 'failed' && made !== null) await remove(join(root, made));
  if (outcome.kind === 'same' && made !== null) await removeCopy(root, made, outcome.path);
  return outcome;
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

/** Where an object is to lie, relative to the root. */
export function placeOf(sink: StorageSink, { header, sopInstanceUid }: Pick<Durable, 'header' | 'sopInstanceUid'>): string {
  return `${folderOf(sink, header)}/${sopInstanceUid}.dcm`;
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
