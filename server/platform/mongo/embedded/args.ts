import { CommandError, refuse, typeMismatch } from './errors.ts';
import { decode, equalValues, isNumber, toNumber, type Doc, type Value } from './values.ts';

/** Refuses fields that are not in the closed list by name. A collation that changes nothing is let through. */
export function onlyKnown(fields: Doc, known: ReadonlySet<string>, where: string): void {
  for (const [name, value] of fields) {
    if (known.has(name)) continue;
    if (name === 'collation' && value instanceof Map && value.size === 1 && value.get('locale') === 'simple') continue;
    throw refuse(`${where} option '${name}'`);
  }
}

/** A field of one type; null counts as absent. @throws CommandError 14 */
function optional<T extends Value>(body: Doc, name: string, type: string, is: (value: Value) => value is T): T | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw typeMismatch(`BSON field '${name}' is the wrong type, expected type '${type}'`);
}

/** The same where it must be there. @throws CommandError 40414 */
function required<T extends Value>(body: Doc, name: string, type: string, is: (value: Value) => value is T): T {
  const value = optional(body, name, type, is);
  if (value !== undefined) return value;
  if (body.get(name) === null) throw typeMismatch(`BSON field '${name}' is the wrong type, expected type '${type}'`);
  throw new CommandError(40414, `BSON field '${name}' is missing but a required field`);
}

const isDoc = (value: Value): value is Doc => value instanceof Map;
const isList = (value: Value): value is Value[] => Array.isArray(value);

/** A document, empty when absent. */
export const docArg = (body: Doc, name: string): Doc => optionalDoc(body, name) ?? new Map<string, Value>();
export const optionalDoc = (body: Doc, name: string): Doc | undefined => optional(body, name, 'object', isDoc);
export const textArg = (body: Doc, name: string): string => required(body, name, 'string', (value) => typeof value === 'string');
export const listArg = (body: Doc, name: string): readonly Value[] => required(body, name, 'array', isList);

/** A whole number of zero or more. */
export function countArg(body: Doc, name: string, fallback: number): number {
  const value = optional(body, name, 'number', isNumber);
  const n = value === undefined ? fallback : Math.trunc(toNumber(value));
  if (n >= 0) return n;
  throw new CommandError(51024, `BSON field '${name}' value must be >= 0, actual value '${n}'`);
}

export function flagArg(body: Doc, name: string, fallback = false): boolean {
  const value = optional(body, name, 'bool', (given) => typeof given === 'boolean' || isNumber(given));
  if (value === undefined) return fallback;
  return typeof value === 'boolean' ? value : toNumber(value) !== 0;
}

export function docList(body: Doc, name: string): readonly Doc[] {
  const list = listArg(body, name);
  if (list.every(isDoc)) return list;
  throw typeMismatch(`BSON field '${name}' holds something else than documents`);
}

/** A document given in the command, or beside it as raw bytes. */
export interface Given {
  readonly doc: Doc;
  readonly bytes: Uint8Array | undefined;
}

/** Documents of insert, update and delete, wherever the driver put them. */
export function givenDocs(body: Doc, sequences: ReadonlyMap<string, readonly Uint8Array[]>, name: string): readonly Given[] {
  const raw = sequences.get(name);
  const given = raw?.map((bytes) => ({ doc: decode(bytes), bytes })) ?? docList(body, name).map((doc) => ({ doc, bytes: undefined }));
  if (given.length > 0 && given.length <= 100_000) return given;
  throw new CommandError(16, `Write batch sizes must be between 1 and 100000. Got ${given.length} operations.`);
}

/** `hint` as it is given: a name or a key pattern; an empty one says nothing. */
export function hintArg(body: Doc): Value | undefined {
  const hint = body.get('hint');
  return hint === undefined || equalValues(hint, new Map()) ? undefined : hint;
}
