import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { Connection, Request, TYPES, type ConnectionConfiguration } from 'tedious';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Faults, type Simulator } from './server.ts';

let simulator: Simulator;
let faults: Faults;
const open: Connection[] = [];
beforeEach(async () => {
  faults = () => undefined;
  simulator = await startSimulator({ database: 'DBArtiscan', user: 'u', password: 'pä$$', faults: (phase, sql) => faults(phase, sql) });
});
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await simulator.stop();
});

async function client(options: ConnectionConfiguration['options'] = {}): Promise<Connection> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'u', password: 'pä$$' } },
    options: {
      port: simulator.port,
      database: 'DBArtiscan',
      cryptoCredentialsDetails: { ca: simulator.ca },
      cancelTimeout: 1500,
      maxRetriesOnTransientErrors: 0,
      ...options,
    },
  });
  open.push(connection);
  connection.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
  return connection;
}

function ask(
  connection: Connection,
  sql: string,
  prepare: (request: Request) => void = () => undefined,
  batch = false,
): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    const rows: unknown[][] = [];
    const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
    request.on('row', (columns: { value: unknown }[]) => rows.push(columns.map(({ value }) => value)));
    prepare(request);
    if (batch) connection.execSqlBatch(request);
    else connection.execSql(request);
  });
}

const code = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

test('says on the wire that it is no SQL Server', async () => {
  expect(await ask(await client(), 'SELECT @@VERSION', undefined, true)).toEqual([['TDS simulator (not SQL Server)']]);
});

test('listens on loopback only', () => {
  expect(simulator.host).toBe('127.0.0.1');
});

test('gives every type and its NULL', async () => {
  await simulator.stop();
  const columns = ['int', 'bigint', 'bit', 'float', 'datetime', 'datetime2(7)', 'nvarchar(20)', 'nvarchar(max)'];
  simulator = await startSimulator({
    database: 'DBArtiscan',
    user: 'u',
    password: 'pä$$',
    tables: [
      {
        name: 'CONTROLE_STUDY',
        columns: [{ name: 'Id_ControleStudy', type: 'int' }, ...columns.map((type, index) => ({ name: `c${index}`, type }))],
      },
    ],
  });
  simulator.controls.add({ id: 1, objectId: null, moduleId: null, name: null, at: null });
  const connection = await client({ useUTC: true });
  const given = 'SELECT c0, c1, c2, c3, c4, c5, c6, c7 FROM dbo.CONTROLE_STUDY';
  expect(await ask(connection, given)).toEqual([Array.from({ length: 8 }, () => null)]);
  const at = new Date('2026-03-29T02:30:00.003Z');
  const long = 'é'.repeat(5000);
  const back = await ask(connection, 'SELECT @i, @b, @t, @f, @d, @d2, @n, @m', (request) => {
    request.addParameter('i', TYPES.Int, -7);
    request.addParameter('b', TYPES.BigInt, '9007199254740993');
    request.addParameter('t', TYPES.Bit, true);
    request.addParameter('f', TYPES.Float, 1.5);
    request.addParameter('d', TYPES.DateTime, at);
    request.addParameter('d2', TYPES.DateTime2, at);
    request.addParameter('n', TYPES.NVarChar, 'à');
    request.addParameter('m', TYPES.NVarChar, long);
  });
  // An expression has no declared type: it comes as text.
  expect(back).toEqual([
    ['-7', '9007199254740993', '1', '1.5', '2026-03-29T02:30:00.0030000', '2026-03-29T02:30:00.0030000', 'à', long.slice(0, 4000)],
  ]);
});

test('an unknown procedure is refused, the connection stays', async () => {
  const connection = await client();
  const refused = new Promise((resolve) => {
    const request = new Request('sp_nothing', (error) => resolve(error?.message));
    connection.callProcedure(request);
  });
  expect(await refused).toBe('Could not find stored procedure.');
  expect(await ask(connection, 'SELECT 1')).toEqual([['1']]);
});

describe('an attention', () => {
  test('ends a query that runs, and the connection goes on', async () => {
    const connection = await client();
    const began = performance.now();
    const waiting = code(ask(connection, "WAITFOR DELAY '00:00:20'", (request) => setTimeout(() => request.cancel(), 100), true));
    expect(await waiting).toBe('ECANCEL');
    expect(performance.now() - began).toBeLessThan(1200);
    expect(await ask(connection, 'SELECT 1')).toEqual([['1']]);
  });

  test('ends an answer in the middle of its rows', async () => {
    simulator.controls.add(...Array.from({ length: 500 }, (_, id) => ({ id, objectId: 1, moduleId: 1, name: 'x', at: null })));
    faults = (phase) => (phase === 'query' ? { rowDelayMs: 20 } : undefined);
    const connection = await client();
    const asked = ask(connection, 'SELECT Name FROM CONTROLE_STUDY', (request) => setTimeout(() => request.cancel(), 200));
    expect(await code(asked)).toBe('ECANCEL');
    faults = () => undefined;
    expect(await ask(connection, 'SELECT 1')).toEqual([['1']]);
  });

  test('follows the driver’s own time limit', async () => {
    faults = (phase) => (phase === 'query' ? { delayMs: Infinity } : undefined);
    const connection = await client({ requestTimeout: 200 });
    expect(await code(ask(connection, 'SELECT 1'))).toBe('ETIMEOUT');
    faults = () => undefined;
    expect(await ask(connection, 'SELECT 1')).toEqual([['1']]);
  });
});

test('small packets, and answers over many of them', async () => {
  simulator.controls.add(
    ...Array.from({ length: 300 }, (_, id) => ({ id, objectId: 1, moduleId: 1, name: `n${id}`.repeat(40), at: null })),
  );
  const rows = await ask(await client({ packetSize: 512 }), 'SELECT Name FROM CONTROLE_STUDY ORDER BY Id_ControleStudy');
  expect(rows).toHaveLength(300);
  expect(rows[299]).toEqual(['n299'.repeat(40)]);
});

test.each([
  ['nothing of TDS', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5))],
  ['a packet shorter than its header', Buffer.from([0x12, 1, 0, 4, 0, 0, 1, 0])],
  ['a login without encryption', Buffer.concat([Buffer.from([0x10, 1, 0, 108, 0, 0, 1, 0]), Buffer.alloc(100)])],
  ['a message that points outside itself', Buffer.from([0x01, 1, 0, 12, 0, 0, 1, 0, 0xff, 0xff, 0, 0])],
])('closes on %s, and goes on for the others', async (_what, bytes) => {
  const socket = connectTcp(simulator.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume().write(bytes);
  await once(socket, 'close');
  expect(await ask(await client(), 'SELECT 1')).toEqual([['1']]);
});
