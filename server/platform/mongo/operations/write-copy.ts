import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../embedded/replace.ts';
import { toLine } from './ejson.ts';
import { writeLines, type WriteLine } from './lines.ts';
import { Manifest, createTally, writtenIndexes, type CopiedCollection } from './manifest.ts';
import type { Progress } from './progress.ts';
import type { Source, SourceCollection } from './source.ts';

/** Name of the manifest in a directory of an export. */
export const MANIFEST_FILE = 'manifest.json';

/** The file of a collection in an export. */
export const fileOf = (collection: string): string => `${encodeURIComponent(collection)}.jsonl`;

interface CopyOptions {
  readonly now: () => Date;
  readonly progress: Progress;
}

/** Writes all of a database to one packed file: for each collection a head and its documents, the manifest last. */
export async function writeBackup(source: Source, file: string, { now, progress }: CopyOptions): Promise<Manifest> {
  const at = now();
  const copied: CopiedCollection[] = [];
  let manifest: Manifest | undefined;
  await writeLines(file, true, async (line) => {
    for (const collection of source.collections) {
      await line(`#${JSON.stringify({ collection: collection.name, indexes: writtenIndexes(collection.indexes) })}`);
      copied.push(await copyCollection(source, collection, line, progress));
    }
    manifest = manifestOf(source, at, copied);
    await line(`#${JSON.stringify(manifest)}`);
  });
  return manifest ?? manifestOf(source, at, copied);
}

/** Writes all of a database to a directory: a file of Extended JSON lines for each collection, and the manifest. The directory appears when it is whole. */
export async function writeExport(source: Source, dir: string, { now, progress }: CopyOptions): Promise<Manifest> {
  const at = now();
  const partial = `${dir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const copied: CopiedCollection[] = [];
    for (const collection of source.collections) {
      await writeLines(path.join(partial, fileOf(collection.name)), false, async (line) => {
        copied.push(await copyCollection(source, collection, line, progress));
      });
    }
    const manifest = manifestOf(source, at, copied);
    await writeLines(path.join(partial, MANIFEST_FILE), false, (line) => line(JSON.stringify(manifest, null, 2)));
    if (existsSync(dir)) await rm(dir, { recursive: true }); // who may do that was asked before
    await rename(partial, dir);
    syncDirectory(path.dirname(path.resolve(dir)));
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function copyCollection(
  source: Source,
  { name, indexes, documents }: SourceCollection,
  write: WriteLine,
  progress: Progress,
): Promise<CopiedCollection> {
  const tally = createTally();
  for await (const some of source.documents(name)) {
    for (const doc of some) {
      const line = toLine(doc);
      tally.add(line);
      await write(line);
    }
    progress(name, tally.documents, documents);
  }
  return { name, documents: tally.documents, sha256: tally.sum(), indexes: writtenIndexes(indexes) };
}

function manifestOf(source: Source, at: Date, collections: CopiedCollection[]): Manifest {
  return Manifest.parse({ vigie: 'database', format: 1, at: at.toISOString(), from: source.kind, collections });
}
