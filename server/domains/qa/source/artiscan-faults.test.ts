import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SqlServer } from '#server/platform/sqlserver/index.ts';
import { makeCertificate } from '../../../../scripts/demo/artiscan/server.ts';
import { failure, openSite, studies, study, type Site } from './testing/artiscan-site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.simulator.stop());

const strays: Server[] = [];
afterAll(() => strays.forEach((server) => server.close()));

/** A server that is no SQL Server. */
async function stray(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer(onSocket).listen(0, '127.0.0.1');
  strays.push(server);
  await once(server, 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('a server that is not well', () => {
  test('is absent', async () => {
    const port = site.simulator.port;
    await site.simulator.stop();
    expect(await failure(site.read({ port }))).toMatchObject({ code: 'unreachable', detail: 'ECONNREFUSED' });
  });

  test('accepts and never speaks', async () => {
    const sockets: Socket[] = [];
    const port = await stray((socket) => sockets.push(socket.resume()));
    expect((await failure(site.read({ port, connectTimeoutMs: 300 }))).code).toBe('timeout');
    await expect.poll(() => sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });

  test('speaks something else', async () => {
    const port = await stray((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(['unreachable', 'timeout', 'encryption']).toContain((await failure(site.read({ port, connectTimeoutMs: 500 }))).code);
  });

  test.each<[what: string, server: Partial<SqlServer>, code: string]>([
    ['refuses the password', { password: 'another secret' }, 'login'],
    ['refuses the user', { user: 'someone' }, 'login'],
    ['has no such database', { database: 'Other' }, 'database'],
    ['has a certificate that nobody vouches for', { ca: undefined }, 'certificate'],
    ['has a certificate of another name', { serverName: 'another.invalid' }, 'certificate'],
    ['is asked without encryption and wants it', { encrypt: false }, 'encryption'],
  ])('%s', async (_what, server, code) => {
    site.simulator.controls.add(study(1));
    expect((await failure(site.read(server))).code).toBe(code);
    await site.expectAllClosed();
  });

  test('a wrong database is asked for once, not again and again', async () => {
    let logins = 0;
    site.faults = (phase) => void (phase === 'login' && logins++);
    await failure(site.read({ database: 'Other' }));
    expect(logins).toBe(1);
  });

  test('shows a certificate that is not the one pinned', async () => {
    const other = await makeCertificate();
    expect((await failure(site.read({ ca: other.cert }))).code).toBe('certificate');
  });

  test('has no encryption while it is asked for', async () => {
    await site.restart({ encryption: 'none' });
    expect((await failure(site.read())).code).toBe('encryption');
    site.simulator.controls.add(study(1));
    expect((await site.read({ encrypt: false })).controls).toHaveLength(1);
  });

  test.each([
    [229, 'permission'],
    [208, 'schema'],
    [1205, 'refused'],
  ])('answers with error %i', async (number, code) => {
    site.faults = (phase) => (phase === 'query' ? { error: { number, message: 'CQH secret' } } : undefined);
    expect(await failure(site.read())).toMatchObject({ code, detail: String(number) });
    await site.expectAllClosed();
  });

  test('breaks with an error after some rows: none of them counts', async () => {
    site.simulator.controls.add(...studies(50));
    site.faults = (_phase, sql) => (sql?.includes('DISTINCT') ? { error: { number: 1205 }, afterRows: 20 } : undefined);
    expect((await failure(site.read())).code).toBe('refused');
  });

  test.each([true, 'reset'] as const)('cuts in the middle of its answer (%s)', async (drop) => {
    site.simulator.controls.add(...studies(2000));
    site.faults = (_phase, sql) => (sql?.includes('DISTINCT') ? { drop, afterRows: 1500 } : undefined);
    expect((await failure(site.read())).code).toBe('cut');
    await site.expectAllClosed();
  });

  test.each(['connect', 'prelogin', 'login'] as const)('hangs up at %s', async (when) => {
    site.faults = (phase) => (phase === when ? { drop: true } : undefined);
    expect((await failure(site.read())).code).toBe('unreachable');
  });

  test('drips its rows: our own deadline ends it, the driver’s would not', async () => {
    site.simulator.controls.add(...studies(200));
    site.faults = (_phase, sql) => (sql?.includes('DISTINCT') ? { rowDelayMs: 50 } : undefined);
    const began = performance.now();
    expect((await failure(site.read({ deadlineMs: 600 }))).code).toBe('timeout');
    expect(performance.now() - began).toBeLessThan(2500);
    await site.expectAllClosed();
  });

  test('never answers a query', async () => {
    site.faults = (phase) => (phase === 'query' ? { delayMs: Infinity } : undefined);
    expect((await failure(site.read({ deadlineMs: 500 }))).code).toBe('timeout');
    await site.expectAllClosed();
  });

  test('has more rows than the reading takes', async () => {
    site.simulator.controls.add(...studies(300));
    expect((await failure(site.read({ maxRows: 100 }))).code).toBe('too-many');
    await site.expectAllClosed();
  });

  test('is left at any row, however much of the answer is there already: nothing breaks outside', async () => {
    site.simulator.controls.add(...studies(60));
    for (let maxRows = 5; maxRows < 68; maxRows++) expect(await failure(site.read({ maxRows }))).toMatchObject({ code: 'too-many' });
    await site.expectAllClosed();
  });

  test('is left when the reading is stopped while it logs in', async () => {
    site.faults = (phase) => (phase === 'login' ? { delayMs: Infinity } : undefined);
    expect((await failure(site.read({}, {}, AbortSignal.timeout(200)))).code).toBe('stopped');
    await site.expectAllClosed();
  });

  test('is left when the reading is stopped', async () => {
    const stop = new AbortController();
    site.faults = (_phase, sql) => (sql?.includes('DISTINCT') ? { delayMs: Infinity } : undefined);
    const reading = failure(site.read({}, {}, stop.signal));
    setTimeout(() => stop.abort(), 200);
    expect((await reading).code).toBe('stopped');
    expect((await failure(site.read({}, {}, stop.signal))).code).toBe('stopped');
    await site.expectAllClosed();
  });

  test('works again after each of these', async () => {
    site.simulator.controls.add(study(1));
    site.faults = () => ({ drop: true });
    await failure(site.read());
    site.faults = () => undefined;
    expect((await site.read()).controls).toHaveLength(1);
  });
});
