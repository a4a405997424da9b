import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAIN_TOPICS, type Topic } from '#shared/realtime.ts';
import { ROLES, may, type Role } from '#shared/roles.ts';
import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import { TOPIC_RIGHTS } from '#server/platform/realtime/rights.ts';
import { startTestApp, watcherOf, type TestApp, type Watcher } from '#server/testing/app.ts';
import { Department } from '#server/testing/dossiers.ts';

let test: TestApp;
let staff: Department;

beforeAll(async () => {
  test = await startTestApp({ heartbeatMs: 300 });
  staff = new Department(test);
});
afterAll(() => test.close());

const follow = async (role: Role): Promise<Watcher> => test.watcher(await staff.as(role));

describe('watching', () => {
  it('takes a session', async () => {
    await expect(watcherOf(test.url, test.anonymous())).rejects.toThrow('session.none');
  });

  it.each(ROLES)('by %s is allowed exactly where the one table of rights says so', async (role) => {
    const watcher = await follow(role);
    const topics: Topic[] = [...PLAIN_TOPICS, `dossier:${'0'.repeat(24)}`];
    for (const topic of topics) {
      const right = TOPIC_RIGHTS[topic.startsWith('dossier:') ? 'dossier' : (topic as (typeof PLAIN_TOPICS)[number])];
      const allowed = right === 'session' || may(role, right);
      expect([topic, await watcher.watch(topic)]).toMatchObject([topic, allowed ? { ok: true } : { ok: false, code: 'forbidden' }]);
    }
    watcher.close();
  });

  it.each([
    ['an unknown topic', { topic: 'nowhere' }],
    ['no topic', {}],
    ['a topic that is no text', { topic: { $ne: 1 } }],
    ['a negative revision', { topic: 'dossiers', last: -1 }],
    ['a revision that is no number', { topic: 'dossiers', last: '1' }],
    ['nothing at all', null],
  ])('%s is refused as invalid, and the link lives on', async (_name, request) => {
    const watcher = await follow('technologist');
    const answer: unknown = await watcher.socket.timeout(5000).emitWithAck('watch', request as never);
    expect(answer).toEqual({ ok: false, code: 'invalid' });
    expect(await watcher.watch('dossiers')).toMatchObject({ ok: true });
    watcher.close();
  });

  it('ends with unwatch', async () => {
    const watcher = await follow('technologist');
    const other = await follow('technologist');
    await watcher.watch('dossiers');
    await other.watch('dossiers');
    await watcher.socket.timeout(5000).emitWithAck('unwatch', { topic: 'dossiers' });
    await staff.dossier();
    await other.until(({ type }) => type === 'dossier:created');
    expect(watcher.received).toEqual([]);
    watcher.close();
    other.close();
  });
});

describe('one fact', () => {
  it('reaches each class of viewers in its own presentation: clinicians whole, the secretary without clinical content, the wall without identity', async () => {
    const [physicist, secretary, manager] = await Promise.all([follow('physicist'), follow('secretary'), follow('manager')]);
    await physicist.watch('dossiers');
    await secretary.watch('dossiers');
    await manager.watch('wall');
    const dossier = await staff.dossier({ pathology: 'Prostate' });
    const card = (event: { data: unknown }): DossierCard => (event.data as { card: DossierCard }).card;
    expect(card(await physicist.until(({ type }) => type === 'dossier:created')).pathology).toBe('Prostate');
    expect(card(await secretary.until(({ type }) => type === 'dossier:created')).pathology).toBeNull();
    const onWall = JSON.stringify(await manager.until(({ type }) => type === 'wall:dossier'));
    for (const secret of [
      dossier.patient.lastName,
      dossier.patient.firstName,
      dossier.patient.ipp,
      dossier.patient.birthDate,
      'Prostate',
    ]) {
      expect(onWall).not.toContain(secret);
    }
    for (const watcher of [physicist, secretary, manager]) watcher.close();
  });

  it('that a watcher may not see arrives as its revision alone, hidden', async () => {
    const [admin, technologist] = await Promise.all([follow('admin'), follow('technologist')]);
    await admin.watch('settings');
    await technologist.watch('settings');
    await (await staff.as('admin')).request('POST', '/api/admin/users', { username: 'nouveau', name: 'Nouveau', roles: ['technologist'] });
    const seen = await admin.until(({ type }) => type === 'user:changed');
    const hidden = await technologist.until(({ topic }) => topic === 'settings');
    expect(hidden).toEqual({ topic: 'settings', revision: seen.revision, at: seen.at, type: 'hidden' });
    admin.close();
    technologist.close();
  });
});

describe('a client that was away', () => {
  it('receives what it missed, in order and before the answer, each class its own presentation', async () => {
    const watcher = await follow('secretary');
    const first = await watcher.watch('dossiers');
    const last = first.ok ? first.revision : -1;
    watcher.close();
    for (let index = 0; index < 5; index += 1) await staff.dossier({ pathology: 'ORL' });
    const back = await follow('secretary');
    const answer = await back.watch('dossiers', last);
    const atAnswer = back.received.map(({ revision }) => revision);
    expect(answer).toEqual({ ok: true, revision: last + 5 });
    expect(atAnswer).toEqual([1, 2, 3, 4, 5].map((step) => last + step));
    expect(back.received.every(({ data }) => (data as { card: DossierCard }).card.pathology === null)).toBe(true);
    back.close();
  });

  it('is told to fetch anew when it missed more than 1,000, when the log no longer goes back, or when it counts from above', async () => {
    const dossier = await staff.dossier();
    const watcher = await follow('technologist');
    const topic: Topic = `dossier:${dossier.id}`;
    expect(await watcher.watch(topic, 99)).toEqual({ ok: true, revision: 1, stale: true });
    await mongoose.connection.collection('events').deleteMany({ topic });
    expect(await watcher.watch(topic, 0)).toEqual({ ok: true, revision: 1, stale: true });
    await mongoose.connection.collection<{ _id: string }>('topics').updateOne({ _id: topic }, { $set: { revision: 1500 } });
    expect(await watcher.watch(topic, 1)).toEqual({ ok: true, revision: 1500, stale: true });
    expect(watcher.received).toEqual([]);
    watcher.close();
  });
});

describe('the heartbeat', () => {
  it('carries the server’s time, its build and the revisions of the topics watched, and no others', async () => {
    const watcher = await follow('technologist');
    const answer = await watcher.watch('qa');
    const beat = await new Promise<{ at: string; build: string; revisions: Record<string, number> }>((resolve) => {
      watcher.socket.on('heartbeat', (heard) => 'qa' in heard.revisions && resolve(heard));
    });
    expect(beat).toEqual({ at: beat.at, build: 'test', revisions: { qa: answer.ok ? answer.revision : -1 } });
    expect(Math.abs(Date.parse(beat.at) - test.clock.now().getTime())).toBeLessThan(5000);
    watcher.close();
  });
});

describe('a session that ends', () => {
  it('by signing out closes its sockets, and no others', async () => {
    const [mine, other] = [await test.as('physicist'), await test.as('physicist')];
    const [watcher, stays] = [await test.watcher(mine), await test.watcher(other)];
    const gone = new Promise((resolve) => watcher.socket.once('disconnect', resolve));
    expect((await mine.request('DELETE', '/api/session')).status).toBe(204);
    await gone;
    expect(stays.socket.connected).toBe(true);
    expect((await mine.request('GET', '/api/session')).status).toBe(401);
    stays.close();
  });

  it('in another process ends its sockets at the next heartbeat', async () => {
    const client = await test.as('dosimetrist');
    const watcher = await test.watcher(client);
    const gone = new Promise((resolve) => watcher.socket.once('disconnect', resolve));
    await mongoose.connection.collection('sessions').deleteMany({});
    await gone;
    staff = new Department(test);
  });
});

it('a red machine reaches boards and walls within the same second, as one event that all can judge by', async () => {
  const [board, wall] = await Promise.all([follow('oncologist'), follow('admin')]);
  await board.watch('qa');
  await wall.watch('wall');
  await staff.light('red');
  const events = await Promise.all([board, wall].map((watcher) => watcher.until(({ type }) => type === 'light:changed', 1000)));
  for (const event of events) expect(event.data).toMatchObject({ light: { machine: 'versa-hd-1', light: 'red' } });
  const list = await (await staff.as('physicist')).request<{ items: Dossier[] }>('GET', '/api/dossiers?blocked=true');
  expect(list.status).toBe(200);
});
