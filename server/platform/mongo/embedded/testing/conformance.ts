import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EJSON } from 'bson';
import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, MongoServerError, ObjectId, Timestamp } from 'mongodb';
import type { Db } from 'mongodb';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonDoc = Record<string, Json>;

interface Step {
  readonly cmd: JsonDoc;
  readonly docs?: Json[];
  readonly reply?: JsonDoc;
  readonly error?: number | number[] | 'any';
  readonly anyOrder?: boolean;
}

export interface Case {
  readonly id: string;
  readonly area: string;
  readonly name: string;
  readonly setup?: Record<string, { indexes?: Json[]; docs?: Json[] }>;
  readonly drop?: string[];
  readonly anyOrder?: boolean;
  readonly steps: Step[];
}

export type Outcome = { readonly as: 'passed' } | { readonly as: 'refused' } | { readonly as: 'wrong'; readonly why: string };

/** All cases that lie in a folder, one JSON line each. */
export function readCases(folder: string): Case[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Case),
  ); // our own file
}

/** Runs one case and compares what the server answers with what MongoDB would: values, types, order of fields, error codes. */
export async function runCase(db: Db, one: Case): Promise<Outcome> {
  const collections = new Set([
    't',
    ...Object.keys(one.setup ?? {}),
    ...(one.drop ?? []),
    ...one.steps.map(({ cmd }) => collectionOf(cmd)),
  ]);
  for (const name of collections) await command(db, { drop: name });
  for (const cmd of setupOf(one)) {
    const failure = failureOf(await command(db, cmd));
    if (failure !== undefined) return isRefusal(failure) ? { as: 'refused' } : wrong('setup', 'ok', failure);
  }
  for (const [i, step] of one.steps.entries()) {
    const outcome = await runStep(db, { anyOrder: one.anyOrder ?? false, ...step }, i + 1);
    if (outcome.as !== 'passed') return outcome;
  }
  return { as: 'passed' };
}

function setupOf(one: Case): JsonDoc[] {
  return Object.entries(one.setup ?? {}).flatMap(([name, { indexes = [], docs = [] }]): JsonDoc[] => [
    ...(indexes.length > 0 ? [{ createIndexes: name, indexes }] : []),
    ...(docs.length > 0 ? [{ insert: name, documents: docs }] : []),
  ]);
}

const wrong = (step: string | number, want: Json, got: Json): Outcome => ({
  as: 'wrong',
  why: `step ${step}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`,
});

async function runStep(db: Db, step: Step, at: number): Promise<Outcome> {
  const reply = await command(db, step.cmd);
  const failure = failureOf(reply);
  if (step.error !== undefined) return expectError(step.error, failure, reply, at);
  if (failure !== undefined && isRefusal(failure)) return { as: 'refused' };
  if (step.docs !== undefined) {
    const got = failure === undefined ? await drain(db, reply, collectionOf(step.cmd)) : failure;
    return Array.isArray(got) && same(step.docs, got, step.anyOrder) ? { as: 'passed' } : wrong(at, step.docs, got);
  }
  if (step.reply !== undefined)
    return isDeepStrictEqual(envelope(step.reply, step.anyOrder), envelope(reply, step.anyOrder))
      ? { as: 'passed' }
      : wrong(at, step.reply, reply);
  return failure === undefined ? { as: 'passed' } : wrong(at, 'ok', failure);
}

function expectError(expected: number | number[] | 'any', failure: JsonDoc | undefined, reply: JsonDoc, at: number): Outcome {
  if (failure === undefined) return wrong(at, { error: expected }, reply);
  const codes = expected === 'any' ? [failure['code']] : [expected].flat();
  if (codes.some((code) => code === failure['code'])) return { as: 'passed' };
  return isRefusal(failure) ? { as: 'refused' } : wrong(at, { error: expected }, failure);
}

function same(want: readonly Json[], got: readonly Json[], anyOrder = false): boolean {
  const [a, b] = [want, got].map((list) => list.map((doc) => JSON.stringify(doc)));
  return isDeepStrictEqual(anyOrder ? a?.sort() : a, anyOrder ? b?.sort() : b);
}

function collectionOf(cmd: JsonDoc): string {
  const [first] = Object.values(cmd);
  return typeof first === 'string' ? first : 't';
}

const raw = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };

async function command(db: Db, cmd: JsonDoc): Promise<JsonDoc> {
  try {
    return plain(await db.command(typed(cmd) as Record<string, unknown>, raw));
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return { ok: 0, code: Number(error.code), errmsg: error.message };
  }
}

async function drain(db: Db, reply: JsonDoc, collection: string): Promise<Json> {
  const cursor = reply['cursor'] as { id: JsonDoc; firstBatch: Json[] };
  const docs = [...cursor.firstBatch];
  for (let id = cursor.id; numberOf(id) !== 0;) {
    const more = await command(db, { getMore: id, collection });
    const next = more['cursor'] as { id: JsonDoc; nextBatch: Json[] } | undefined;
    if (next === undefined) return more;
    docs.push(...next.nextBatch);
    id = next.id;
  }
  return docs;
}

function failureOf(reply: JsonDoc): JsonDoc | undefined {
  if (numberOf(reply['ok']) === 0) return reply;
  const [first] = (reply['writeErrors'] ?? []) as JsonDoc[];
  return first && { ...first, code: numberOf(first['code']) };
}

function isRefusal(failure: JsonDoc): boolean {
  return failure['code'] === 238 || failure['code'] === 59;
}

/** Fields of a reply that say nothing about semantics; counters are compared by value, all else by its text (so the order of fields counts). */
const noise = new Set(
  'operationTime $clusterTime lsid errmsg codeName errInfo ns createdCollectionAutomatically note numIndexesBefore numIndexesAfter nIndexesWas'.split(
    ' ',
  ),
);
const counters = new Set(['n', 'nModified', 'ok', 'index', 'code']);

function envelope(reply: JsonDoc, anyOrder = false): JsonDoc {
  const entries = Object.entries(reply).filter(([name]) => !noise.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, comparable(name, value, anyOrder)]));
}

function comparable(name: string, value: Json, anyOrder: boolean): Json {
  if (counters.has(name)) return numberOf(value);
  if (name === 'lastErrorObject') return envelope(value as JsonDoc);
  if ((name === 'writeErrors' || name === 'upserted') && Array.isArray(value)) return value.map((entry) => envelope(entry as JsonDoc));
  if (name === 'values' && anyOrder && Array.isArray(value)) return value.map((item) => JSON.stringify(item)).sort();
  return JSON.stringify(value);
}

function numberOf(value: Json | undefined): number {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return Number(value);
  return Number(value['$numberInt'] ?? value['$numberLong'] ?? value['$numberDouble']);
}

const plain = (value: unknown): JsonDoc => JSON.parse(EJSON.stringify(value, { relaxed: false })) as JsonDoc;

/** Canonical EJSON to values. Not EJSON.parse, which would also turn the query operators $regex and $options into a value. */
const forms: Record<string, (value: never) => unknown> = {
  $numberInt: (value: string) => new Int32(Number(value)),
  $numberLong: (value: string) => Long.fromString(value),
  $numberDouble: (value: string) => new Double(Number(value)),
  $numberDecimal: (value: string) => Decimal128.fromString(value),
  $oid: (value: string) => new ObjectId(value),
  $date: (value: { $numberLong: string }) => new Date(Number(value.$numberLong)),
  $binary: (value: { base64: string; subType: string }) => new Binary(Buffer.from(value.base64, 'base64'), parseInt(value.subType, 16)),
  $timestamp: (value: { t: number; i: number }) => new Timestamp(value),
  $regularExpression: (value: { pattern: string; options: string }) => new BSONRegExp(value.pattern, value.options),
  $minKey: () => new MinKey(),
  $maxKey: () => new MaxKey(),
};

function typed(value: Json): unknown {
  if (Array.isArray(value)) return value.map(typed);
  if (value === null || typeof value !== 'object') return value;
  const [name = '', ...more] = Object.keys(value);
  const form = more.length === 0 && Object.hasOwn(forms, name) ? forms[name] : undefined;
  if (form !== undefined) return form(value[name] as never);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
}
