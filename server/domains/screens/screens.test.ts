import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import type { Pairing, PairingState, Screen, WallDossier, WallSnapshot } from '#shared/screens/schemas.ts';
import type { z } from 'zod';
import { startTestApp, type Answer, type Client, type TestApp } from '#server/testing/app.ts';
import { Department } from '#server/testing/dossiers.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';

const SCREENS = '/api/admin/screens';

let test: TestApp;
let staff: Department;
let admin: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = new Department(test);
  admin = await staff.as('admin');
});
afterAll(() => test.close());

type Asked = z.infer<typeof Pairing>;
const ask = async (client: Client) => (await client.request<Asked>('POST', '/api/screens/pairing')).body;
const poll = async (client: Client, { secret }: Asked): Promise<string> =>
  (await client.request<z.infer<typeof PairingState>>('POST', '/api/screens/pairing/state', { secret })).body.state;
const open = (code: string, fields: object = {}): Promise<Answer<Screen & ErrorBody>> =>
  admin.request('POST', SCREENS, { code, name: 'Hall', ...fields });

async function paired(level: 0 | 1): Promise<{ wall: Client; screen: Screen }> {
  const wall = test.anonymous();
  const asked = await ask(wall);
  const { body: screen } = await open(asked.code, { level, name: `Wall ${level}` });
  expect(await poll(wall, asked)).toBe('opened');
  return { wall, screen };
}

describe('pairing a screen', () => {
  it('goes from a code on the screen to a cookie, told once', async () => {
    const wall = test.anonymous();
    const asked = await ask(wall);
    expect(asked.code).toMatch(/^[ACDEFGHJKLMNPQRTUVWXY34679]{6}$/);
    expect(await poll(wall, asked)).toBe('waiting');
    expect((await wall.request('GET', '/api/wall')).status).toBe(401);
    const answer = await open(` ${asked.code.toLowerCase()} `);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ name: 'Hall', level: 1, openedBy: 'Test admin', lastSeenAt: null, closed: false });
    expect((await open(asked.code)).body.error).toMatchObject({ code: 'screen.code' });
    expect(await poll(wall, asked)).toBe('opened');
    expect(wall.cookie).toMatch(/^vigie_screen=[\w-]{43}$/);
    const thief = test.anonymous();
    expect(await poll(thief, asked)).toBe('expired');
    expect(thief.cookie).toBe('');
    expect((await wall.request('GET', '/api/wall')).status).toBe(200);
    expect(await auditedActions(`screen:${answer.body.id}`)).toEqual(['screen.opened', 'screen.paired']);
    const stored = JSON.stringify([
      await mongoose.connection.collection('screens').find().toArray(),
      await mongoose.connection.collection('pairings').find().toArray(),
    ]);
    expect(stored).not.toContain(wall.cookie.split('=')[1]);
    expect(stored).not.toContain(asked.secret);
  });

  it('tells one of many polls at once', async () => {
    const asked = await ask(test.anonymous());
    await open(asked.code);
    const states = await Promise.all([1, 2, 3, 4].map(() => poll(test.anonymous(), asked)));
    expect(states.sort()).toEqual(['expired', 'expired', 'expired', 'opened']);
  });

  it('expires after ten minutes', async () => {
    const asked = await ask(test.anonymous());
    test.clock.advance(10 * 60_000 + 1);
    expect(await poll(test.anonymous(), asked)).toBe('expired');
    expect((await open(asked.code)).status).toBe(404);
  });

  it('is opened, listed and closed by an administrator only; what is wrong leaves nothing', async () => {
    const { code } = await ask(test.anonymous());
    const physicist = await staff.as('physicist');
    const before = await footprint('screens', 'pairings');
    const body = { code, name: 'Hall' };
    const statuses = await statusesOf([
      [test.anonymous(), 'POST', SCREENS, body],
      [physicist, 'POST', SCREENS, body],
      [physicist, 'GET', SCREENS],
      [physicist, 'DELETE', `${SCREENS}/${'0'.repeat(24)}`],
      [admin, 'POST', SCREENS, { ...body, code: 'XX' }],
      [admin, 'POST', SCREENS, { ...body, level: 2 }],
      [admin, 'POST', SCREENS, { ...body, code: 'ZZZZZZ' }],
      [admin, 'DELETE', `${SCREENS}/${'0'.repeat(24)}`],
      [test.anonymous(), 'POST', '/api/screens/pairing/state', {}],
    ]);
    expect(statuses).toEqual([401, 403, 403, 403, 400, 400, 404, 404, 400]);
    expect(await footprint('screens', 'pairings')).toEqual(before);
  });
});

describe('the wall', () => {
  it('shows open dossiers by initials and number at level 1, counts only at level 0, and nothing of a person’s identity', async () => {
    const dossier = await staff.dossier({ pathology: 'Secret pathology' });
    const [one, zero] = [await paired(1), await paired(0)];
    const snapshots = [
      (await one.wall.request<WallSnapshot>('GET', '/api/wall')).body,
      (await zero.wall.request<WallSnapshot>('GET', '/api/wall')).body,
    ];
    const shown = snapshots.map(({ dossiers }) => dossiers.find(({ key }) => key === dossier.id));
    expect(snapshots.map(({ level }) => level)).toEqual([1, 0]);
    expect(shown[0]).toMatchObject({ number: dossier.number, initials: 'P. E.', status: 'A_PREPARER' });
    expect(shown[1]).toEqual({ ...shown[0], number: null, initials: null });
    expect(snapshots[0]?.machines.map(({ id }) => id)).toEqual(['versa-hd-1', 'versa-hd-2']);
    expect(snapshots[0]?.lights).toHaveLength(2);
    for (const secret of [dossier.patient.lastName, dossier.patient.ipp, dossier.patient.birthDate, 'Secret pathology']) {
      expect(JSON.stringify(snapshots)).not.toContain(secret);
    }
    expect((await (await staff.as('manager')).request<WallSnapshot>('GET', '/api/wall')).body.level).toBe(1);
    expect((await test.anonymous().request('GET', '/api/wall')).status).toBe(401);
  });

  it('follows live at the screen’s level, and a screen sees nothing else', async () => {
    const [one, zero] = [await paired(1), await paired(0)];
    const watchers = [await test.watcher(one.wall), await test.watcher(zero.wall)];
    for (const watcher of watchers) expect(await watcher.watch('wall')).toMatchObject({ ok: true });
    const dossier = await staff.dossier();
    const seen = await Promise.all(watchers.map((watcher) => watcher.until(({ type }) => type === 'wall:dossier')));
    const shown = seen.map(({ data }) => (data as { dossier: WallDossier }).dossier);
    expect(shown.map(({ number, initials }) => [number, initials])).toEqual([
      [dossier.number, 'P. E.'],
      [null, null],
    ]);
    expect(JSON.stringify(seen)).not.toContain(dossier.patient.lastName);
    for (const topic of ['dossiers', 'patients', 'settings', 'screens', `dossier:${dossier.id}`] as const) {
      expect(await watchers[0]?.watch(topic)).toEqual({ ok: false, code: 'forbidden' });
    }
    expect(
      await statusesOf([
        [one.wall, 'GET', '/api/dossiers'],
        [one.wall, 'GET', '/api/session'],
        [one.wall, 'GET', SCREENS],
      ]),
    ).toEqual([403, 403, 403]);
  });

  it('stays open without being touched: its cookie is renewed with every use', async () => {
    const { wall } = await paired(1);
    for (let month = 0; month < 3; month += 1) {
      test.clock.advance(300 * 24 * 3600_000);
      const answer = await wall.request('GET', '/api/wall');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('set-cookie')).toMatch(/^vigie_screen=/);
    }
    test.clock.advance(401 * 24 * 3600_000);
    expect((await wall.request('GET', '/api/wall')).status).toBe(401);
  });

  it('goes dark when an administrator closes it, and administrators hear of it', async () => {
    admin = await test.as('admin');
    const { wall, screen } = await paired(1);
    const watcher = await test.watcher(wall);
    const office = await test.watcher(admin);
    await office.watch('screens');
    const disconnected = new Promise<void>((resolve) => void watcher.socket.once('disconnect', () => resolve()));
    expect((await admin.request('DELETE', `${SCREENS}/${screen.id}`)).status).toBe(204);
    await disconnected;
    expect((await wall.request('GET', '/api/wall')).status).toBe(401);
    expect((await admin.request('DELETE', `${SCREENS}/${screen.id}`)).status).toBe(404);
    expect((await admin.request<Screen[]>('GET', SCREENS)).body.map(({ id }) => id)).not.toContain(screen.id);
    const heard = await office.until(({ type }) => type === 'screen:changed');
    expect(heard.data).toMatchObject({ screen: { id: screen.id, closed: true } });
    expect((await auditedActions(`screen:${screen.id}`)).at(-1)).toBe('screen.closed');
  });
});

describe('asking for codes', () => {
  it('is limited per address, and fifty at most wait in all', async () => {
    const now = test.clock.now();
    const waiting = Array.from({ length: 50 }, (_, index) => ({
      code: `TEST${index}`,
      secretHash: `test${index}`,
      screen: null,
      expiresAt: new Date(now.getTime() + 60_000),
    }));
    await mongoose.connection.collection('pairings').insertMany(waiting);
    const full = await test.anonymous().request<ErrorBody>('POST', '/api/screens/pairing');
    expect([full.status, full.body.error.code]).toEqual([429, 'too-many']);
    await mongoose.connection.collection('pairings').deleteMany({});
    const statuses = await Promise.all(
      Array.from({ length: 25 }, async () => (await test.anonymous().request('POST', '/api/screens/pairing')).status),
    );
    expect(statuses).toContain(201);
    expect(statuses).toContain(429);
    expect(await mongoose.connection.collection('pairings').countDocuments()).toBeLessThanOrEqual(20);
  });
});
