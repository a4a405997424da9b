import mongoose from 'mongoose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChannelCall, readAlertsHealthCall } from '#shared/notifications/api.ts';
import { startAlertSite, type AlertSite } from '#server/testing/alerts.ts';
import type { Client } from '#server/testing/app.ts';
import { claimNext } from './deliver.ts';
import type { Delivering } from './index.ts';
import { MOST_WAITING } from './outbox.ts';

const MINUTE_MS = 60_000;
let site: AlertSite;
let admin: Client;
const running: Delivering[] = [];

beforeAll(async () => {
  site = await startAlertSite();
});
beforeEach(async () => {
  admin = await site.test.as('admin'); // the clock is put forward by days
  for (const name of ['channels', 'channelStates', 'deliveries']) await mongoose.connection.collection(name).deleteMany({});
  await admin.call(createChannelCall, {
    body: { kind: 'teams', name: 'Physique', subjects: ['qa.red', 'qa.weekly'], url: site.webhook.url },
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  site.webhook.answers.length = 0;
  site.webhook.received.length = 0;
  site.mail.received.length = 0;
});
afterAll(() => site.close());

const deliver = (means = site.means): void => void running.push(site.deliver(means));
const ended = (state: string) => expect.poll(async () => (await site.rows()).map((row) => row.state), { timeout: 8000 }).toEqual([state]);
const lastOutcome = async () => (await site.rows()).map(({ outcome }) => outcome as { code: string; status: number | null })[0]; // as stored
/** Until it was tried so many times and waits again or is done. */
const tried = (times: number) =>
  expect
    .poll(async () => (await site.rows()).map(({ attempts, state }) => (state === 'sending' ? -1 : attempts)), { timeout: 8000 })
    .toEqual([times]);

describe('an alert', () => {
  it('is sent once to every channel that takes its subject, and to no other', async () => {
    await admin.call(createChannelCall, { body: { kind: 'mail', name: 'Astreinte', subjects: ['qa.red'], addresses: ['a@example.org'] } });
    await admin.call(createChannelCall, { body: { kind: 'mail', name: 'Autres', subjects: ['system'], addresses: ['b@example.org'] } });
    await admin.call(createChannelCall, {
      body: { kind: 'mail', name: 'Arrêté', subjects: ['qa.red'], addresses: ['c@example.org'], active: false },
    });
    await site.alert({ reference: 'SAME' });
    await site.alert({ reference: 'SAME' });
    deliver();
    await expect.poll(async () => (await site.rows()).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(site.webhook.received).toHaveLength(1);
    expect(site.webhook.received[0]?.body).toContain('SAME');
    expect(site.webhook.received[0]?.body).toContain('https://vigie.example/qa');
    expect(site.mail.received.map(({ to }) => to)).toEqual([['a@example.org']]);
  });

  it('is written with the act that it tells of, or not at all', async () => {
    const { ctx } = site.test;
    const failing = ctx.atomically('qa', async () => {
      await site.alert();
      throw new Error('the act failed');
    });
    await expect(failing).rejects.toThrow('the act failed');
    expect(await site.rows()).toEqual([]);
  });

  it('that is resolved does not overtake the word that it began', async () => {
    site.webhook.answers.push({ status: 500 });
    await site.alert({ reference: 'X' });
    deliver();
    await tried(1);
    await site.alert({ reference: 'X', phase: 'resolved' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(site.webhook.received).toHaveLength(1);
    site.test.clock.advance(2 * MINUTE_MS);
    await expect.poll(async () => (await site.rows()).map(({ state }) => state), { timeout: 8000 }).toEqual(['sent', 'sent']);
    expect((await site.rows()).map(({ phase }) => phase)).toEqual(['opened', 'resolved']);
  });
});

describe('a channel that does not take it', () => {
  it('is tried again after a pause that grows, until it does', async () => {
    site.webhook.answers.push({ status: 500 }, 'cut', 'never');
    await site.alert();
    deliver();
    for (const [times, code] of [
      [1, 'server'],
      [2, 'interrupted'],
      [3, 'timeout'],
    ] as const) {
      await tried(times);
      expect(await lastOutcome()).toMatchObject({ code });
      const before = site.webhook.received.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(site.webhook.received).toHaveLength(before); // not before its time
      site.test.clock.advance(30_000 * 2 ** (times - 1));
    }
    await ended('sent');
    expect(site.webhook.received).toHaveLength(4);
  });

  it('and asks to wait is left alone for as long as it asks, by every alert', async () => {
    site.webhook.answers.push({ status: 429, headers: { 'retry-after': '300' } });
    await site.alert();
    deliver();
    await tried(1);
    expect(await lastOutcome()).toMatchObject({ code: 'limited', status: 429 });
    await site.alert();
    site.test.clock.advance(4 * MINUTE_MS);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(site.webhook.received).toHaveLength(1);
    site.test.clock.advance(61_000);
    await expect.poll(async () => (await site.rows()).map(({ state }) => state), { timeout: 8000 }).toEqual(['sent', 'sent']);
  });

  it('for good is not asked again', async () => {
    site.webhook.answers.push({ status: 404 });
    await site.alert();
    deliver();
    await ended('failed');
    expect(await lastOutcome()).toMatchObject({ code: 'refused', status: 404 });
    expect(await admin.call(readAlertsHealthCall)).toMatchObject({ problem: 'failing', failing: [{ name: 'Physique', code: 'refused' }] });
  });

  it('for a whole day is given up', async () => {
    site.webhook.answers.push({ status: 500 }, { status: 500 });
    await site.alert();
    deliver();
    await tried(1);
    site.test.clock.advance(24 * 60 * MINUTE_MS);
    await ended('given-up');
  });

  it('more alerts than its queue holds are written down as not sent', async () => {
    await site.alert();
    const [row] = await site.rows();
    const many = Array.from({ length: MOST_WAITING - 1 }, (_, n) => ({ ...row, _id: new mongoose.Types.ObjectId(), reference: `F${n}` }));
    await mongoose.connection.collection('deliveries').insertMany(many);
    await site.alert({ reference: 'LAST' });
    const last = (await site.rows()).find(({ reference }) => reference === 'LAST');
    expect(last).toMatchObject({ state: 'given-up', outcome: { code: 'queue-full' } });
  });
});

describe('several processes', () => {
  it('share the work: each alert leaves once, four a second at most', async () => {
    const channels = await mongoose.connection.collection('channels').find().toArray();
    expect(channels).toHaveLength(1);
    for (let n = 0; n < 12; n++) await site.alert();
    deliver();
    deliver();
    await expect.poll(async () => (await site.rows()).every(({ state }) => state === 'sent'), { timeout: 10_000 }).toBe(true);
    expect(site.webhook.received).toHaveLength(12);
    const references = site.webhook.received.map(({ body }) => /"value":"(R\d+)"/.exec(body)?.[1]);
    expect(new Set(references).size).toBe(12);
    const times = site.webhook.received.map(({ at }) => at);
    for (let n = 5; n < times.length; n++) expect((times[n] ?? 0) - (times[n - 5] ?? 0)).toBeGreaterThan(900);
  });

  it('take over what one was sending when it was killed, when it is surely dead and not before', async () => {
    await site.alert();
    const claimed = await claimNext(site.test.ctx.now(), 'the claim of a process that is gone');
    expect(claimed?.state).toBe('sending');
    deliver();
    site.test.clock.advance(50_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(site.webhook.received).toEqual([]);
    site.test.clock.advance(30_000);
    await ended('sent');
    expect(site.webhook.received).toHaveLength(1);
  });

  it('that lost its claim says nothing of how it ended', async () => {
    await site.alert();
    const late = await claimNext(site.test.ctx.now(), 'slow');
    await mongoose.connection
      .collection('deliveries')
      .updateMany({}, { $set: { claim: 'another', state: 'sending', claimedAt: site.test.ctx.now() } });
    const { deliver: work } = await import('./deliver.ts');
    if (late) await work(site.test.ctx, site.means, late);
    expect(site.webhook.received).toEqual([]);
    expect(await site.rows()).toMatchObject([{ state: 'sending', claim: 'another', outcome: null }]);
  });
});

describe('quiet hours', () => {
  const quietNow = (): { from: string; to: string } => {
    const at = site.test.ctx.now();
    const clock = (shiftMin: number): string =>
      new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' }).format(
        at.getTime() + shiftMin * MINUTE_MS,
      );
    return { from: clock(-60), to: clock(120) };
  };

  it('hold an alert back until their end, which is not a fault; urgent ones pass when the channel says so', async () => {
    await mongoose.connection.collection('channels').updateMany({}, { $set: { quiet: { ...quietNow(), urgentPasses: true } } });
    await site.alert({ subject: 'qa.weekly', phase: 'notice', reference: 'WEEK' });
    await site.alert({ subject: 'qa.red', reference: 'RED' });
    deliver();
    await expect
      .poll(async () => (await site.rows()).map(({ state, quiet }) => [state, quiet]))
      .toEqual([
        ['queued', true],
        ['sent', false],
      ]);
    site.test.clock.advance(60 * MINUTE_MS);
    expect(await admin.call(readAlertsHealthCall)).toMatchObject({ problem: null });
    site.test.clock.advance(61 * MINUTE_MS);
    await expect.poll(async () => (await site.rows()).map(({ state }) => state), { timeout: 8000 }).toEqual(['sent', 'sent']);
  });

  it('hold urgent alerts back too when the channel lets nothing pass', async () => {
    await mongoose.connection.collection('channels').updateMany({}, { $set: { quiet: { ...quietNow(), urgentPasses: false } } });
    await site.alert();
    deliver();
    await expect.poll(async () => (await site.rows()).map(({ quiet }) => quiet)).toEqual([true]);
    expect(site.webhook.received).toEqual([]);
  });
});

describe('whether alerts leave', () => {
  it('is told live when one waits for too long, and when it has left', async () => {
    const watcher = await site.test.watcher(await site.test.as('physicist'));
    await watcher.watch('notifications');
    await site.alert();
    expect(await admin.call(readAlertsHealthCall)).toMatchObject({ problem: null, undelivered: 1 });
    site.test.clock.advance(6 * MINUTE_MS);
    expect(await admin.call(readAlertsHealthCall)).toMatchObject({ problem: 'late', undelivered: 1 });
    site.webhook.answers.push({ status: 503 });
    deliver();
    const health = (problem: string | null) =>
      watcher.until(
        ({ type, data }) => type === 'alerts:health' && (data as { health: { problem: string | null } }).health.problem === problem,
        8000,
      );
    await health('late');
    site.test.clock.advance(2 * MINUTE_MS);
    await health(null);
    expect(watcher.received.filter(({ type }) => type === 'alerts:delivery')).toEqual([]); // not a physicist's
    expect(watcher.received.some(({ type }) => type === 'hidden')).toBe(true);
  });
});
