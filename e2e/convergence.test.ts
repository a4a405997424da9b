// The page's own live connection, over a network that resets and hangs: whatever happens, every client ends with the server's state.
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listDossiersCall, tickItemCall } from '#shared/dossiers/api.ts';
import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import { seededRandom } from '#shared/random.ts';
import { Live } from '../client/lib/live/live.svelte.ts';
import { startTestApp, type Client, type TestApp } from '../server/testing/app.ts';
import { Department } from '../server/testing/dossiers.ts';
import { startProxy, type Proxy } from '../server/testing/proxy.ts';

const CLIENTS = 20;
const CHANGES = 1000;
const RESETS = 150;
const STALLS = 50;
const DOSSIERS = 10;

let test: TestApp;
let proxy: Proxy;
let staff: Department;

beforeAll(async () => {
  test = await startTestApp({ heartbeatMs: 500 });
  staff = new Department(test);
  proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(test.url).port) });
});
afterAll(async () => {
  await proxy.close();
  await test.close();
});

/** A board without a page: it fetches when it is told to, and applies facts by version. */
function follow(client: Client): { versions: Map<string, number>; live: Live; refetches: () => number } {
  const versions = new Map<string, number>();
  let refetches = 0;
  const put = (card: DossierCard): void => {
    if ((versions.get(card.id) ?? -1) < card.version) versions.set(card.id, card.version);
  };
  const live = new Live('test', {
    open: () =>
      Promise.resolve(
        io(`http://127.0.0.1:${proxy.port}`, {
          transports: ['websocket'],
          autoConnect: false,
          forceNew: true,
          extraHeaders: { cookie: client.cookie },
          reconnectionDelay: 100,
          reconnectionDelayMax: 500,
          timeout: 2000,
        }),
      ),
    reload: () => undefined,
    ended: () => undefined,
  });
  live.watch('dossiers', {
    onEvent: (fact) => {
      if (fact.data && 'card' in fact.data) put(fact.data.card);
    },
    onStale: () => {
      refetches += 1;
      void client.call(listDossiersCall, { query: { limit: 500 } }).then(({ items }) => items.forEach(put));
    },
  });
  void live.start();
  return { versions, live, refetches: () => refetches };
}

it(`${CLIENTS} clients, ${RESETS} resets and ${STALLS} stalled links during ${CHANGES} changes: all end equal`, async () => {
  const random = seededRandom(1);
  const technologist = await staff.as('technologist');
  const dossiers: Dossier[] = await Promise.all(Array.from({ length: DOSSIERS }, () => staff.dossier()));
  const readers = await Promise.all(['physicist', 'oncologist', 'coordinator', 'secretary'].map((role) => staff.as(role as 'physicist')));
  const followers = Array.from({ length: CLIENTS }, (_, index) => follow(readers[index % readers.length] ?? technologist));

  let changed = 0;
  const write = async (dossier: Dossier): Promise<void> => {
    let { version } = dossier;
    for (let done = true; changed < CHANGES; done = !done) {
      changed += 1;
      const after = await technologist.call(tickItemCall, {
        params: { id: dossier.id, code: 'identity_validated' },
        body: { done, version },
      });
      version = after.version;
    }
  };
  const trouble = async (count: number, make: (index: number) => void): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const from = changed;
      while (changed < CHANGES && changed - from < CHANGES / count) await sleep(2);
      make(Math.floor(random() * 1000));
    }
  };
  await Promise.all([
    ...dossiers.map(write),
    trouble(RESETS, (index) => proxy.reset(index)),
    trouble(STALLS, (index) => proxy.stall(index)),
  ]);

  const { items } = await technologist.call(listDossiersCall, { query: { limit: 500 } });
  const truth = Object.fromEntries(items.map(({ id, version }) => [id, version]));
  expect(items.reduce((sum, { version }) => sum + version, 0)).toBe(DOSSIERS + CHANGES);
  for (const { versions } of followers)
    await expect.poll(() => Object.fromEntries(versions), { timeout: 60_000, interval: 200 }).toEqual(truth);
  for (const { live } of followers) live.stop();
}, 120_000);
