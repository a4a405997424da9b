import { docArg, flagArg } from '../args.ts';
import type { Call } from '../engine.ts';
import { compileFilter } from '../matcher.ts';
import { maxMessageBytes, okReply } from '../wire.ts';
import { Double, Int32, Long, ObjectId, Timestamp, intOrLong } from '../values.ts';
import type { Doc, Value } from '../values.ts';
import { maxDocumentBytes } from '../view.ts';
import { existing, namespace } from './common.ts';

const version = '7.0.0';
const electionId = new ObjectId();
const host = 'localhost:27017'; // drivers connect directly, by the socket: the name is for show

/** What a primary of a replica set says; without a set's name drivers would not retry writes. No topologyVersion: that would ask for streamed answers. */
export function hello(call: Call): Doc {
  const now = call.engine.options.now();
  const second = new Timestamp({ t: Math.floor(now / 1000), i: 1 });
  return okReply({
    helloOk: true,
    [call.name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    setName: 'vigie',
    setVersion: new Int32(1),
    secondary: false,
    hosts: [host],
    primary: host,
    me: host,
    electionId,
    maxBsonObjectSize: new Int32(maxDocumentBytes),
    maxMessageSizeBytes: new Int32(maxMessageBytes),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(now),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(1),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(21),
    readOnly: false,
    lastWrite: new Map<string, Value>([
      [
        'opTime',
        new Map<string, Value>([
          ['ts', second],
          ['t', Long.fromNumber(1)],
        ]),
      ],
      ['lastWriteDate', new Date(now)],
    ]),
  });
}

export function ping(): Doc {
  return okReply();
}

export function buildInfo(): Doc {
  const versionArray = version.split('.').map((part) => new Int32(Number(part)));
  return okReply({
    version,
    versionArray: [...versionArray, new Int32(0)],
    modules: ['vigie-embedded'],
    bits: new Int32(64),
    maxBsonObjectSize: new Int32(maxDocumentBytes),
  });
}

export function serverStatus(call: Call): Doc {
  const { engine } = call;
  const uptime = (engine.options.now() - engine.startedAt) / 1000;
  return okReply({
    host,
    version,
    process: 'vigie-embedded',
    uptime: new Double(uptime),
    localTime: new Date(engine.options.now()),
    transactions: new Map([['currentOpen', new Int32(engine.transactions.openOnes().length)]]),
    metrics: new Map([['cursor', new Map([['open', new Map([['total', new Int32(engine.cursors.size())]])]])]]),
    storageEngine: new Map<string, Value>([
      ['name', 'sqlite'],
      ['persistent', true],
    ]),
  });
}

export function listDatabases(call: Call): Doc {
  const matches = compileFilter(docArg(call.body, 'filter'));
  const nameOnly = flagArg(call.body, 'nameOnly');
  const names = [...new Set(Array.from(call.engine.catalog.list(), (coll) => coll.db))].sort();
  const databases = names.map(
    (name): Doc =>
      new Map<string, Value>([
        ['name', name],
        ...(nameOnly ? [] : [['sizeOnDisk', intOrLong(fileBytes(call))] as const, ['empty', false] as const]),
      ]),
  );
  return okReply({ databases: databases.filter(matches) });
}

export function dbStats(call: Call): Doc {
  const colls = [...call.engine.catalog.list()].filter((coll) => coll.db === call.db);
  const indexes = colls.reduce((sum, coll) => sum + coll.indexes.length, 0);
  const objects = colls.reduce((sum, coll) => sum + call.engine.store.count(coll.indexes[0]?.id ?? 0), 0);
  const size = intOrLong(fileBytes(call));
  return okReply({
    db: call.db,
    collections: new Int32(colls.length),
    objects: intOrLong(objects),
    indexes: new Int32(indexes),
    storageSize: size,
    totalSize: size,
  });
}

export function collStats(call: Call): Doc {
  const coll = existing(call);
  const { store } = call.engine;
  const total =
    coll === undefined
      ? 0
      : Number(
          store.all('SELECT coalesce(sum(length(bson)), 0) AS n FROM docs WHERE rid > ? AND rid < ?', coll.lowRid, coll.highRid)[0]?.['n'],
        );
  const n = coll?.indexes[0] === undefined ? 0 : store.count(coll.indexes[0].id);
  return okReply({
    ns: namespace(call),
    count: intOrLong(n),
    size: intOrLong(total),
    avgObjSize: intOrLong(n === 0 ? 0 : Math.round(total / n)),
    nindexes: new Int32(coll?.indexes.length ?? 0),
    capped: false,
  });
}

function fileBytes(call: Call): number {
  const { store } = call.engine;
  return Number(store.all('PRAGMA page_count')[0]?.['page_count']) * Number(store.all('PRAGMA page_size')[0]?.['page_size']);
}
