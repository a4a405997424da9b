import { CommandError, refuse, typeMismatch } from './errors.ts';
import { decode, equalValues, isNumber, toNumber } from './values.ts';
import type { Doc, Value } from './values.ts';

/** Refuses fields that are not in the closed list by name. A collation that changes nothing is let through. */
export function onlyKnown(fields: Doc, known: ReadonlySet<string>, where: string): void {
  for (const [name, value] of fields) {
    if (known.has(name)) continue;
    if (name === 'collation' && value instanceof Map && value.size === 1 && value.get('locale') === 'simple') continue;
    throw refuse(`${where} option '${name}'`);
  }
}

/** A document, empty when absent. @throws CommandError 14 */
export function docArg(body: Doc, name: string): Doc {
  return optionalDoc(body, name) ?? new Map<string, Value>();
}

export function optionalDoc(body: Doc, name: string): Doc | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (value instanceof Map) return value;
  throw typeMismatch(`BSON field '${name}' is the wrong type, expected type 'object'`);
}

export function textArg(body: Doc, name: string): string {
  const value = body.get(name);
  if (typeof value === 'string') return value;
  throw value === undefined ? missing(name) : typeMismatch(`BSON field '${name}' is the wrong type, expected type 'string'`);
}

const missing = (name: string): CommandError => new CommandError(40414, `BSON field '${name}' is missing but a required field`);

/** A whole number of zero or more. */
export function countArg(body: Doc, name: string, fallback: number): number {
  const value = body.get(name);
  if (value === undefined || value === null) return fallback;
  if (!isNumber(value)) throw typeMismatch(`BSON field '${name}' is the wrong type, expected a number`);
  const n = Math.trunc(toNumber(value));
  if (!(n >= 0)) throw new CommandError(51024, `BSON field '${name}' value must be >= 0, actual value '${n}'`);
  return n;
}

export function flagArg(body: Doc, name: string, fallback = false): boolean {
  const value = body.get(name);
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return toNumber(value) !== 0;
  throw typeMismatch(`BSON field '${name}' is the wrong type, expected type 'bool'`);
}

export function listArg(body: Doc, name: string): readonly Value[] {
  const value = body.get(name);
  if (Array.isArray(value)) return value;
  throw value === undefined
    ? new CommandError(40414, `BSON field '${name}' is missing but a required field`)
    : typeMismatch(`BSON field '${name}' is the wrong type, expected type 'array'`);
}

export function docList(body: Doc, name: string): readonly Doc[] {
  return listArg(body, name).map((value) => {
    if (value instanceof Map) return value;
    throw typeMismatch(`BSON field '${name}' holds something else than documents`);
  });
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
  if (given.length === 0 || given.length > 100_000)
    throw new CommandError(16, `Write batch sizes must be between 1 and 100000. Got ${given.length} operations.`);
  return given;
}

/** `hint` as it is given: a name or a key pattern; an empty one says nothing. */
export function hintArg(body: Doc): Value | undefined {
  const hint = body.get('hint');
  return hint === undefined || equalValues(hint, new Map()) ? undefined : hint;
}
