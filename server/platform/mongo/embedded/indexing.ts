import type { Index } from './catalog.ts';
import { visitPath } from './paths.ts';
import { Int32, indexKey, pathTuples } from './values.ts';
import type { Doc, Maybe, Value } from './values.ts';

/** What a document has in an index: each key once, none where the index leaves it out. */
export interface IndexKeys {
  readonly keys: readonly Uint8Array[];
  /** The values behind the keys, for an error message. */
  readonly tuples: readonly (readonly Maybe[])[];
}

const none: IndexKeys = { keys: [], tuples: [] };

export function keysOf(index: Index, doc: Doc): IndexKeys {
  if (index.partial !== undefined && !index.partial.matches(doc)) return none;
  if (index.sparse && !index.fields.some((field) => visitPath(doc, field.parts, 0, false, (value) => value !== undefined))) return none;
  const tuples = pathTuples(
    doc,
    index.fields.map((field) => field.parts),
  );
  const keys = tuples.map((tuple) => indexKey(tuple, index.directions));
  if (keys.length < 2) return { keys, tuples };
  const seen = new Map(keys.map((key, i) => [keyText(0, key), i]));
  const distinct = [...seen.values()];
  return { keys: distinct.flatMap((i) => keys[i] ?? []), tuples: distinct.flatMap((i) => [tuples[i] ?? []]) };
}

/** A key as the key of a Map. */
export function keyText(index: number, key: Uint8Array): string {
  return `${index}:${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')}`;
}

/** `keyPattern` and `keyValue` of a duplicate, and the text of the message. */
export function describeKey(index: Index, tuple: readonly Maybe[]): { keyPattern: Doc; keyValue: Doc } {
  const keyPattern: Doc = new Map();
  const keyValue = new Map<string, Value>();
  for (const [i, field] of index.fields.entries()) {
    keyPattern.set(field.path, new Int32(field.direction));
    keyValue.set(field.path, tuple[i] ?? null);
  }
  return { keyPattern, keyValue };
}
