import { EJSON } from 'bson';
import { Double, Int32, Long, ObjectId, isDoc } from '../embedded/values.ts';
import type { Doc, Value } from '../embedded/values.ts';

/**
 * A document as one line of canonical Extended JSON. Not by way of plain objects: those move fields named like numbers to the front, and a copy
 * must have the order of the original.
 */
export function toLine(doc: Doc): string {
  return text(doc);
}

/** @throws Error when the line is no document */
export function fromLine(line: string): Doc {
  const value = valueOf(JSON.parse(line.replace(stringTokens, marked)));
  if (!isDoc(value)) throw new Error('it is not a document');
  return value;
}

function text(value: Value): string {
  if (isDoc(value)) return `{${Array.from(value, ([name, inner]) => `${JSON.stringify(name)}:${text(inner)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (value instanceof ObjectId) return `{"$oid":"${value.toHexString()}"}`;
  if (value instanceof Int32) return `{"$numberInt":"${value.value}"}`;
  if (value instanceof Date) return `{"$date":{"$numberLong":"${value.getTime()}"}}`;
  return EJSON.stringify(value, { relaxed: false });
}

/** Every string of a JSON text, with the colon behind it when it is a name. */
const stringTokens = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;
/** Marks names, so that none looks like a number or is `__proto__`: JSON.parse would move the one and swallow the other. */
const marked = (whole: string, inner: string, colon: string | undefined): string => (colon === undefined ? whole : `"_${inner}":`);

function valueOf(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json !== 'object') throw new Error('a number without its type');
  const entries = Object.entries(json).map(([name, inner]): [string, unknown] => [name.slice(1), inner]);
  return scalarOf(entries) ?? new Map(entries.map(([name, inner]) => [name, valueOf(inner)]));
}

const wrappers = new Set(
  '$oid $numberInt $numberLong $numberDouble $numberDecimal $date $binary $regularExpression $timestamp $minKey $maxKey $code'.split(' '),
);

function scalarOf(entries: readonly (readonly [string, unknown])[]): Value | undefined {
  const [name = '', inner] = entries[0] ?? [];
  if (!wrappers.has(name) || entries.length > (name === '$code' ? 2 : 1)) return undefined;
  if (name === '$oid' && typeof inner === 'string') return new ObjectId(inner);
  if (name === '$numberInt') return new Int32(Number(inner));
  if (name === '$numberLong') return Long.fromString(String(inner));
  if (name === '$numberDouble') return new Double(Number(inner));
  return EJSON.parse(JSON.stringify(Object.fromEntries(entries.map(([key, part]) => [key, unmarked(part)]))), { relaxed: false }) as Value; // one of the wrappers above gives one of the values
}

function unmarked(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name.slice(1), unmarked(inner)]));
}
