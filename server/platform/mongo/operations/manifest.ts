import { createHash } from 'node:crypto';
import { EJSON } from 'bson';
import type { Document } from 'bson';
import { z } from 'zod';

const indexes = z.array(z.record(z.string(), z.unknown()));

const CopiedCollection = z.strictObject({
  name: z.string().min(1),
  documents: z.number().int().min(0),
  /** Over the lines of its documents, each with its line end. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  indexes,
});
export type CopiedCollection = z.infer<typeof CopiedCollection>;

/** What a copy of a database holds. Written last: a copy without it is not complete. */
export const Manifest = z.strictObject({
  vigie: z.literal('database'),
  format: z.literal(1, { error: 'it was written by another version of Vigie' }),
  at: z.iso.datetime(),
  from: z.enum(['embedded', 'mongodb']),
  collections: z.array(CopiedCollection),
});
export type Manifest = z.infer<typeof Manifest>;

/** Head of a collection in a copy. */
export const Head = z.strictObject({ collection: z.string().min(1), indexes });

/** A copy that cannot be used, in words for an administrator. */
export class CopyError extends Error {}

/** Counts the documents of a collection and takes the checksum of their lines. */
export function createTally(): { add(line: string): void; readonly documents: number; sum(): string } {
  const hash = createHash('sha256');
  let documents = 0;
  return {
    add: (line) => {
      hash.update(line).update('\n');
      documents += 1;
    },
    get documents() {
      return documents;
    },
    sum: () => hash.digest('hex'),
  };
}

/** Indexes as they stand in a manifest, and back: numbers keep their types. */
export const writtenIndexes = (specs: readonly Document[]): Record<string, unknown>[] =>
  specs.map((spec) => z.record(z.string(), z.unknown()).parse(EJSON.serialize(spec, { relaxed: false })));
export const readIndexes = (written: readonly Record<string, unknown>[]): Document[] =>
  written.map((spec) => EJSON.deserialize(spec, { relaxed: false }) as Document); // a document was written
