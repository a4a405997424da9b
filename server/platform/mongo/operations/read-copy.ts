import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Document } from 'bson';
import type { Doc } from '../embedded/values.ts';
import { fromLine } from './ejson.ts';
import { readLines } from './lines.ts';
import { CopyError, Head, Manifest, createTally, readIndexes } from './manifest.ts';
import { MANIFEST_FILE, fileOf } from './write-copy.ts';

/** What a copy gives, in order: the head of a collection, then its documents. */
export type CopyItem =
  | { readonly kind: 'collection'; readonly name: string; readonly indexes: readonly Document[] }
  | { readonly kind: 'document'; readonly doc: Doc; readonly bytes: number };

/**
 * Reads a backup file or the directory of an export. Every document is parsed, counts and checksums are compared with the manifest.
 *
 * @throws CopyError at the end at the latest, when anything is missing or was changed
 */
export function readCopy(place: string): AsyncGenerator<CopyItem, Manifest> {
  if (!existsSync(place)) throw new CopyError(`${place} is not there.`);
  return statSync(place).isDirectory() ? readExport(place) : readBackup(place);
}

/** Reads a copy from end to end and keeps nothing of it: what is found out here is not found out half-way through a restore. */
export async function verifyCopy(place: string): Promise<Manifest> {
  const items = readCopy(place);
  for (;;) {
    const next = await items.next();
    if (next.done) return next.value;
  }
}

type Tallies = Map<string, ReturnType<typeof createTally>>;

async function* readBackup(file: string): AsyncGenerator<CopyItem, Manifest> {
  const tallies: Tallies = new Map();
  let current: ReturnType<typeof createTally> | undefined;
  let manifest: Manifest | undefined;
  const lines = explained(file, readLines(file));
  for await (const line of lines) {
    if (manifest) throw new CopyError(`${file} goes on after its end.`);
    if (!line.startsWith('#')) {
      if (!current) throw new CopyError(`${file} is no backup of Vigie.`);
      yield documentOf(file, line, current);
      continue;
    }
    const json = parsed(file, line.slice(1));
    const head = Head.safeParse(json);
    if (!head.success) {
      manifest = manifestIn(file, json);
      continue;
    }
    current = createTally();
    tallies.set(head.data.collection, current);
    yield { kind: 'collection', name: head.data.collection, indexes: readIndexes(head.data.indexes) };
  }
  if (!manifest) throw new CopyError(`${file} is not complete: it has no manifest at its end.`);
  compare(file, manifest, tallies);
  return manifest;
}

async function* readExport(dir: string): AsyncGenerator<CopyItem, Manifest> {
  const file = path.join(dir, MANIFEST_FILE);
  if (!existsSync(file)) throw new CopyError(`${dir} is no complete export: it has no ${MANIFEST_FILE}.`);
  const manifest = manifestIn(file, parsed(file, await readFile(file, 'utf8')));
  const tallies: Tallies = new Map();
  for (const { name, indexes } of manifest.collections) {
    const tally = createTally();
    tallies.set(name, tally);
    yield { kind: 'collection', name, indexes: readIndexes(indexes) };
    const from = path.join(dir, fileOf(name));
    if (!existsSync(from)) throw new CopyError(`${from} is missing.`);
    for await (const line of explained(from, readLines(from))) yield documentOf(from, line, tally);
  }
  compare(dir, manifest, tallies);
  return manifest;
}

function documentOf(file: string, line: string, tally: ReturnType<typeof createTally>): CopyItem {
  tally.add(line);
  try {
    return { kind: 'document', doc: fromLine(line), bytes: line.length };
  } catch {
    throw new CopyError(`${file} is damaged: document ${tally.documents} of a collection cannot be read.`);
  }
}

function compare(place: string, manifest: Manifest, tallies: Tallies): void {
  const same = manifest.collections.length === tallies.size;
  for (const { name, documents, sha256 } of manifest.collections) {
    const tally = tallies.get(name);
    if (tally?.documents !== documents)
      throw new CopyError(`${place} is damaged: ${documents} documents of ${name} were written, ${tally?.documents ?? 0} are there.`);
    if (tally.sum() !== sha256) throw new CopyError(`${place} is damaged: the checksum of ${name} is not that of its documents.`);
  }
  if (!same) throw new CopyError(`${place} is damaged: it holds collections that its manifest does not name.`);
}

function manifestIn(file: string, json: unknown): Manifest {
  const found = Manifest.safeParse(json);
  if (found.success) return found.data;
  throw new CopyError(`${file} cannot be read: ${found.error.issues[0]?.message ?? 'its manifest is not one'}.`);
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CopyError(`${file} is damaged, or no copy of a database of Vigie.`);
  }
}

/** What zlib says about a file that is cut off is told in words. */
async function* explained(file: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CopyError(`${file} is damaged or not complete (${detail}).`, { cause: error });
  }
}
