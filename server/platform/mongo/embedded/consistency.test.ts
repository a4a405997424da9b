import { join } from 'node:path';
import type { ClientSession, Collection, Filter, Sort } from 'mongodb';
import { MongoServerError } from 'mongodb';
import { expect, test } from 'vitest';
import { checkDatabase } from './check.ts';
import { started } from './testing/started.ts';

interface Doc {
  _id: number;
  [field: string]: unknown;
}

/** The same numbers every time, so that a failure can be seen again (as far as the order of 12 callers allows). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
const below = numbers(42);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T; // never empty
const list = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most) }, make);

const value = (): unknown =>
  pick([below(10), below(10) / 2, `x${below(5)}`, null, true, new Date(below(5)), [below(4), below(4)], [], { q: below(3) }]);

function fields(): Record<string, unknown> {
  return {
    a: value(),
    b: value(),
    ...(below(2) === 0 && { l: list(4, () => ({ k: below(4), n: below(5) })) }),
    ...(below(2) === 0 && { t: list(4, () => below(6)) }),
    ...(below(3) === 0 && { u: below(200) }),
    ...(below(2) === 0 && { s: below(10) }),
  };
}

function change(c: Collection<Doc>, session?: ClientSession): Promise<unknown> {
  const _id = below(300);
  const options = session === undefined ? {} : { session };
  const changes: readonly (() => Promise<unknown>)[] = [
    () => c.insertOne({ _id, ...fields() }, options),
    () => c.insertOne({ _id, ...fields() }, options),
    () => c.replaceOne({ _id }, fields(), { ...options, upsert: below(2) === 0 }),
    () => c.deleteOne({ _id }, options),
    () => c.updateOne({ _id }, { $set: { a: value(), s: below(10) }, $unset: { t: 1 } }, options),
    () => c.updateMany({ s: below(10) }, { $set: { s: below(10) } }, options),
  ];
  return pick(changes)();
}

async function transaction(c: Collection<Doc>, session: ClientSession): Promise<void> {
  session.startTransaction();
  for (let i = below(4); i >= 0; i--) await change(c, session);
  await (below(4) === 0 ? session.abortTransaction() : session.commitTransaction());
}

const condition = (): unknown =>
  pick<() => unknown>([
    () => value(),
    () => ({ $eq: value() }),
    () => ({ $gte: value() }),
    () => ({ $lt: value() }),
    () => ({ $in: [value(), value(), below(5)] }),
    () => ({ $gt: below(5), $lt: below(10) }),
    () => ({ $exists: true }),
    () => ({ $elemMatch: { $gt: below(3) } }),
    () => ({ $type: 'number' }),
  ])();

function filter(): Filter<Doc> {
  const part = (): Filter<Doc> => Object.fromEntries(list(4, () => [pick(['a', 'b', 'l.k', 'l.n', 't', 'u', 's', '_id']), condition()]));
  return pick([part, part, () => ({ $or: [part(), part()] }), () => ({ l: { $elemMatch: { k: below(4), n: below(5) } } })])();
}

const expected: ReadonlySet<unknown> = new Set([112, 171, 251, 11000]);

test(
  'after changes at random, in and out of transactions, every index agrees with the documents and finds what a scan finds',
  { timeout: 60_000 },
  async () => {
    const at = await started();
    const c = at.db.collection<Doc>('c');
    await c.createIndexes([
      { key: { a: 1 } },
      { key: { b: -1, a: 1 } },
      { key: { 'l.k': 1, 'l.n': -1 } },
      { key: { t: 1 } },
      { key: { u: 1 }, unique: true, sparse: true },
      { key: { s: 1, b: 1 }, partialFilterExpression: { s: { $gt: 5 } } },
    ]);
    const act = async (worker: number): Promise<void> => {
      const run = worker < 8 ? () => change(c) : () => at.client.withSession((session) => transaction(c, session));
      for (let i = 0; i < 60; i++) {
        const error: unknown = await run().then(
          () => undefined,
          (e: unknown) => e,
        );
        if (error !== undefined) expect(expected).toContain(error instanceof MongoServerError ? error.code : error);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, worker) => act(worker)));
    for (let i = 0; i < 500; i++) {
      const asked = filter();
      const sort: Sort = { [pick(['a', 's', '_id'])]: pick([1, -1] as const), _id: 1 };
      const ids = (hint?: Record<string, number>): Promise<number[]> =>
        c
          .find(asked, { sort, ...(hint && { hint }) })
          .map((doc) => doc._id)
          .toArray();
      expect(await ids(), JSON.stringify(asked)).toEqual(await ids({ $natural: 1 }));
    }
    await at.client.close();
    await at.embedded.close();
    expect(checkDatabase(join(at.dir, 'vigie.sqlite')).problems).toEqual([]);
    await at.stop();
  },
);
