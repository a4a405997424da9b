import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Double, Long, MongoClient, ObjectId, type Db, type Document } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbedded, type Embedded } from '../embedded/index.ts';
import { backupTo, checkPlace, exportTo, restoreCopy, verifyCopy, type Place } from './index.ts';
import { silent } from './progress.ts';

let dir = '';
let place: Place;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vigie-copy-'));
  place = { uri: undefined, dataDir: path.join(dir, 'data') };
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (...parts: string[]): string => path.join(dir, ...parts);
const options = { now: () => new Date(), progress: silent, mayReplace: () => Promise.resolve(true) };

async function withDb<T>(dataDir: string, work: (db: Db, engine: Embedded) => Promise<T>): Promise<T> {
  const engine = await startEmbedded(dataDir);
  const client = await MongoClient.connect(engine.uri);
  try {
    return await work(client.db(), engine);
  } finally {
    await client.close();
    await engine.close();
  }
}

/** Values that a careless copy changes: types of numbers, order of names, names that JavaScript treats in its own way. */
const awkward: Document[] = [
  {
    _id: 1,
    double: new Double(1),
    long: Long.fromString('9007199254740993'),
    minusZero: new Double(-0),
  },
  {
    _id: new ObjectId(),
    date: new Date(-1),
    text: '"#{}\\ \u2028 é',
    regex: /^a/i,
    bytes: Buffer.from([0, 255]),
    nothing: null,
    list: [[], {}],
  },
  {
    _id: 'order',
    rows: [
      new Map([
        ['2', 'b'],
        ['1', 'a'],
        ['__proto__', 'c'],
        ['', 'd'],
      ]),
    ],
    when: { $eq: 1 },
  },
];

async function fill(db: Db, documents = 300): Promise<void> {
  await db.collection<Document>('awkward').insertMany(awkward);
  await db.collection('many').insertMany(Array.from({ length: documents }, (_, n) => ({ n, key: `k${n}`, pad: 'x'.repeat(100) })));
  await db.collection('many').createIndex({ key: 1, n: -1 }, { unique: true });
  await db.collection('many').createIndex({ n: 1 }, { partialFilterExpression: { n: { $gt: 10 } }, name: 'late' });
  await db.collection('gone').createIndex({ at: 1 }, { expireAfterSeconds: 60 });
}

/** All there is: the bytes of each document, and the indexes. */
async function contentOf(db: Db): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  for (const { name } of await db.listCollections().toArray()) {
    const rows = await db.collection(name).find({}, { raw: true }).toArray();
    content[name] = [rows.map((row) => Buffer.from(row as unknown as Uint8Array).toString('hex')), await db.collection(name).indexes()]; // raw bytes
  }
  return content;
}

const targets = [
  ['the embedded database', (dataDir: string) => ({ place: { uri: undefined, dataDir }, stop: () => Promise.resolve() })],
  [
    'a database given by its URI',
    async (dataDir: string) => {
      const engine = await startEmbedded(dataDir);
      return { place: { uri: engine.uri, dataDir: 'unused' }, stop: () => engine.close() };
    },
  ],
] as const;

describe.each(targets)('from and into %s', (_name, open) => {
  test.each(['backup', 'export'])('a %s comes back with every byte and every index', async (kind) => {
    const before = await withDb(place.dataDir, async (db) => {
      await fill(db);
      return contentOf(db);
    });
    const from = await open(place.dataDir);
    const copy = at(kind);
    const written = await (kind === 'backup' ? backupTo(copy, from.place) : exportTo(copy, from.place));
    await from.stop();
    expect(written.collections.map(({ name, documents }) => [name, documents])).toEqual([
      ['awkward', 3],
      ['gone', 0],
      ['many', 300],
    ]);
    const into = await open(at('other'));
    expect((await restoreCopy(copy, into.place, options)).manifest).toEqual(written);
    await into.stop();
    expect(await withDb(at('other'), contentOf)).toEqual(before);
    expect(readdirSync(at('other')).filter((name) => name.startsWith('restore-'))).toEqual([]);
  });

  test('nothing that is there is replaced without being allowed', async () => {
    await withDb(place.dataDir, (db) => fill(db, 5));
    await backupTo(at('b'), place);
    const before = await withDb(place.dataDir, contentOf);
    const into = await open(place.dataDir);
    const asked: string[] = [];
    const refusing = { ...options, mayReplace: (what: string) => Promise.resolve(asked.push(what) > 5) };
    await expect(restoreCopy(at('b'), into.place, refusing)).rejects.toThrow('Nothing was changed');
    await into.stop();
    expect(asked).toHaveLength(1);
    expect(await withDb(place.dataDir, contentOf)).toEqual(before);
  });
});

test('a backup taken while the site works is of one moment', async () => {
  await withDb(place.dataDir, async (db) => {
    await db.collection('a').insertMany(Array.from({ length: 3000 }, (_, n) => ({ n, pad: 'x'.repeat(200) })));
    await db.collection('b').insertOne({ n: 3000 });
    let working = true;
    // Each transaction adds to both collections: a copy of two moments would not agree with itself.
    const writer = (async () => {
      for (let n = 3000; working; n++) {
        await db.client.withSession((session) =>
          session.withTransaction(async () => {
            await db.collection('a').insertOne({ n }, { session });
            await db.collection('b').updateOne({}, { $set: { n: n + 1 } }, { session });
          }),
        );
      }
    })();
    await expect.poll(() => db.collection('a').countDocuments(), { timeout: 10_000 }).toBeGreaterThan(3000);
    await backupTo(at('b'), place);
    working = false;
    await writer;
  });
  await restoreCopy(at('b'), { uri: undefined, dataDir: at('other') }, options);
  await withDb(at('other'), async (db) => {
    expect(await db.collection('a').countDocuments()).toBeGreaterThan(3000);
    expect(await db.collection('b').findOne()).toMatchObject({ n: await db.collection('a').countDocuments() });
  });
});

describe('a copy that is not as it was written is refused before anything is touched', () => {
  beforeEach(async () => {
    await withDb(place.dataDir, (db) => fill(db, 20));
    await backupTo(at('b'), place);
    await exportTo(at('e'), place);
  });
  const text = (): string => gunzipSync(readFileSync(at('b'))).toString();
  const pack = (content: string): void => writeFileSync(at('b'), gzipSync(content));

  test.each<[string, RegExp, () => void]>([
    ['cut off', /not complete/, () => writeFileSync(at('b'), readFileSync(at('b')).subarray(0, -20))],
    ['without its end', /no manifest at its end/, () => pack(text().split('\n').slice(0, -2).join('\n'))],
    ['one document less', /20 documents of many were written, 19 are there/, () => pack(text().replace(/\n[^\n]*"k7"[^\n]*/, ''))],
    ['one letter changed', /checksum of many/, () => pack(text().replace('"k7"', '"k8"'))],
    ['of another kind', /no copy|no backup/, () => pack('hello\n')],
    ['of a later version', /another version/, () => pack(text().replace('"format":1', '"format":2'))],
  ])('%s', async (_name, fault, damage) => {
    damage();
    await expect(verifyCopy(at('b'))).rejects.toThrow(fault);
    await expect(restoreCopy(at('b'), { uri: undefined, dataDir: at('other') }, options)).rejects.toThrow(fault);
    expect(existsSync(at('other'))).toBe(false);
  });

  test('an export with a file missing, or without its manifest', async () => {
    await rm(at('e', 'many.jsonl'));
    await expect(verifyCopy(at('e'))).rejects.toThrow(/many\.jsonl is missing/);
    await rm(at('e', 'manifest.json'));
    await expect(verifyCopy(at('e'))).rejects.toThrow(/no complete export/);
  });
});

test('a backup that fails leaves nothing under its name, and the older one as it was', async () => {
  await withDb(place.dataDir, (db) => fill(db, 20));
  await backupTo(at('b'), place);
  const before = readFileSync(at('b'));
  const failing = backupTo(at('b'), place, {
    progress: () => {
      throw new Error('the disk is full');
    },
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect(readFileSync(at('b')).equals(before)).toBe(true);
  expect(existsSync(at('b.partial'))).toBe(false);
});

test('a restore takes the place of a damaged file, which is kept', async () => {
  await withDb(place.dataDir, (db) => fill(db, 20));
  const before = await withDb(place.dataDir, contentOf);
  await backupTo(at('b'), place);
  writeFileSync(path.join(place.dataDir, 'vigie.sqlite'), 'this was a database');
  await expect(startEmbedded(place.dataDir)).rejects.toThrow('cannot be used');
  const { aside } = await restoreCopy(at('b'), place, options);
  expect(readFileSync(aside ?? '', 'utf8')).toBe('this was a database');
  expect(await withDb(place.dataDir, contentOf)).toEqual(before);
});

test('no restore while the site is running', async () => {
  await withDb(place.dataDir, async (db) => {
    await fill(db, 5);
    await backupTo(at('b'), place);
    await expect(restoreCopy(at('b'), place, options)).rejects.toThrow('Stop Vigie');
  });
});

test('a check counts all and finds nothing, also while the site works', async () => {
  await withDb(place.dataDir, async (db) => {
    await fill(db, 50);
    expect(await checkPlace(place)).toMatchObject({ collections: 3, documents: 53, problems: [] });
  });
});
