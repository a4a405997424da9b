import type { Collection, Index } from './catalog.ts';
import { CommandError } from './errors.ts';
import { visitPath } from './paths.ts';
import { Int32, indexKey, newDoc, pathTuples, type Doc, type Maybe } from './values.ts';

/** A key of a document in an index: its bytes, the values they stand for, and a text that no other key of any index has. */
export interface IndexKey {
  readonly text: string;
  readonly key: Uint8Array;
  readonly tuple: readonly Maybe[];
}

/** What a document has in an index, by the keys' texts: each once, none where the index leaves it out. */
export function keysOf(index: Index, doc: Doc): ReadonlyMap<string, IndexKey> {
  const keys = new Map<string, IndexKey>();
  if (index.partial !== undefined && !index.partial.matches(doc)) return keys;
  if (index.sparse && !index.fields.some((field) => visitPath(doc, field.parts, 0, false, (value) => value !== undefined))) return keys;
  const paths = index.fields.map((field) => field.parts);
  for (const tuple of pathTuples(doc, paths)) {
    const key = indexKey(tuple, index.directions);
    const text = keyText(index, key);
    keys.set(text, { text, key, tuple });
  }
  return keys;
}

export function keyText(index: Index, key: Uint8Array): string {
  return `${index.id}:${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')}`;
}

/** 11000, with the key's fields and values beside the message; none in it: they may be a patient's. */
export function duplicateKey(coll: Collection, index: Index, tuple: readonly Maybe[]): CommandError {
  const { fields, name } = index;
  const shown = fields.map(({ path }) => `${path}: …`).join(', ');
  const keyPattern = new Map(fields.map(({ path, direction }) => [path, new Int32(direction)]));
  const keyValue = new Map(fields.map(({ path }, i) => [path, tuple[i] ?? null]));
  const message = `E11000 duplicate key error collection: ${coll.ns} index: ${name} dup key: { ${shown} }`;
  return new CommandError(11000, message, newDoc({ keyPattern, keyValue }));
}
