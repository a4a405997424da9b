import { mkdir, readdir, readFile, rename, rm, writeFile, type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const DONE = 'done';
const FAILED = 'failed';
const MAX_FILE_BYTES = 64 << 20;
/** Files taken in one look; the others wait for the next. */
const MAX_PER_LOOK = 100;
/** Kept of the failed ones: the folder must not fill the disk. */
const MAX_FAILED = 50;

/** A file that was taken: its stamp orders it among the others, `whole` says that it replaces all before it. */
export interface TakenFile {
  name: string;
  whole: boolean;
  takenAt: Date;
}

const TAKEN = /^(\d{4}-\d{2}-\d{2}T)(\d{2})-(\d{2})-(\d{2})\.(\d{3})Z-(whole|part)-/;

/** Makes the folders. @throws when the folder cannot be written. */
export async function prepareFolder(folder: string): Promise<void> {
  for (const name of [DONE, FAILED]) await mkdir(path.join(folder, name), { recursive: true });
}

/** The files taken until now, the oldest first. */
export async function takenFiles(folder: string): Promise<TakenFile[]> {
  const names = (await readdir(path.join(folder, DONE))).sort();
  return names.flatMap((name) => {
    const parts = TAKEN.exec(name);
    if (!parts) return [];
    const [, day = '', hour = '', minute = '', second = '', ms = '', kind] = parts;
    return [{ name, whole: kind === 'whole', takenAt: new Date(`${day}${hour}:${minute}:${second}.${ms}Z`) }];
  });
}

/**
 * The files of the folder that are complete: they did not grow while it was looked at twice. It is polled because messages about changes do not come from
 * network shares.
 */
export async function completeFiles(folder: string, settleMs: number, signal: AbortSignal): Promise<string[]> {
  const before = await sizesIn(folder);
  if (before.size === 0) return [];
  await wait(settleMs, undefined, { signal });
  const after = await sizesIn(folder);
  const complete = [...before].filter(([name, size]) => after.get(name) === size).map(([name]) => name);
  return complete.sort().slice(0, MAX_PER_LOOK);
}

/** The bytes of a file of the folder; undefined when it is larger than any export. */
export async function bytesOf(folder: string, name: string): Promise<Uint8Array | undefined> {
  const file = await open(path.join(folder, name), 'r');
  try {
    const { size } = await file.stat();
    return size > MAX_FILE_BYTES ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}

export function readTaken(folder: string, { name }: TakenFile): Promise<Uint8Array> {
  return readFile(path.join(folder, DONE, name));
}

export const isTooLarge = (bytes: Uint8Array): boolean => bytes.length > MAX_FILE_BYTES;

/** Writes a file that was uploaded among those taken. It appears there complete or not at all. */
export async function keepBytes(folder: string, file: TakenFile, bytes: Uint8Array): Promise<void> {
  const partial = path.join(folder, DONE, `.${file.name}`);
  await writeSynced(await open(partial, 'w'), bytes);
  await rename(partial, path.join(folder, DONE, file.name));
}

/** Moves a file of the folder among those taken. */
export function keepFile(folder: string, from: string, file: TakenFile): Promise<void> {
  return rename(path.join(folder, from), path.join(folder, DONE, file.name));
}

/** Moves a file that says nothing aside, with the reason in a file beside it. */
export async function putAside(folder: string, name: string, stamp: string, reason: string): Promise<void> {
  const aside = path.join(folder, FAILED, `${stamp}-${name}`);
  await writeFile(`${aside}.reason.txt`, `${reason}\n`);
  await rename(path.join(folder, name), aside);
  const there = (await readdir(path.join(folder, FAILED))).sort();
  for (const old of there.slice(0, -2 * MAX_FAILED)) await rm(path.join(folder, FAILED, old), { force: true });
}

/** The files put aside after an instant, with their reasons, the oldest first. */
export async function filesAside(folder: string, after: Date): Promise<{ name: string; reason: string }[]> {
  const suffix = '.reason.txt';
  const reasons = (await readdir(path.join(folder, FAILED))).filter((name) => name.endsWith(suffix) && name > stampOf(after)).sort();
  const aside: { name: string; reason: string }[] = [];
  for (const reason of reasons) {
    const text = await readFile(path.join(folder, FAILED, reason), 'utf8');
    aside.push({ name: reason.slice(stampOf(after).length + 1, -suffix.length), reason: text.trim() });
  }
  return aside;
}

export function removeTaken(folder: string, { name }: TakenFile): Promise<void> {
  return rm(path.join(folder, DONE, name), { force: true });
}

/** The name under which a file is kept: when it was taken, whether it replaces all before, its own name. */
export function takenName(takenAt: Date, whole: boolean, name: string): TakenFile {
  return { name: `${stampOf(takenAt)}-${whole ? 'whole' : 'part'}-${safeName(name)}`, whole, takenAt };
}

export function stampOf(at: Date): string {
  return at.toISOString().replaceAll(':', '-');
}

/** A file's own name is another's text: no folders, no control characters, no end of it. */
function safeName(name: string): string {
  return path
    .basename(name)
    .replace(/[^\p{L}\p{N}._ -]/gu, '_')
    .slice(-80);
}

/** Sizes of the CSV files that lie in the folder itself; no links, no hidden or partial ones. */
async function sizesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && /^[^.].*\.csv$/i.test(entry.name)).map(({ name }) => name);
  const sizes = new Map<string, string>();
  for (const name of names.slice(0, 10 * MAX_PER_LOOK)) {
    const size = await sizeOf(path.join(folder, name));
    if (size !== undefined) sizes.set(name, size);
  }
  return sizes;
}

/** Size and last change; undefined for a file that went in the meantime or is still locked by who writes it. */
async function sizeOf(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, 'r');
    const { size, mtimeMs } = await handle.stat().finally(() => handle.close());
    return `${size} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}

async function writeSynced(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
