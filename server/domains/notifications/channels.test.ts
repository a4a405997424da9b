import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import {
  changeChannelCall,
  createChannelCall,
  deleteChannelCall,
  listChannelsCall,
  listDeliveriesCall,
  testChannelCall,
} from '#shared/notifications/api.ts';
import type { Channel, Delivery } from '#shared/notifications/schemas.ts';
import { startAlertSite, type AlertSite } from '#server/testing/alerts.ts';
import type { Client } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';

const CHANNELS = '/api/admin/channels';
const FIELDS = { name: 'Physique', subjects: ['qa.red', 'qa.weekly'], quiet: { from: '20:00', to: '07:00' } };
/** What stands in the address of the webhook. */
const SECRET = /secret-part|very-secret/;
let site: AlertSite;
let admin: Client;

beforeAll(async () => {
  site = await startAlertSite();
  admin = await site.test.as('admin');
});
afterAll(() => site.close());

const teams = (fields = {}) => ({ kind: 'teams' as const, ...FIELDS, subjects: ['qa.red' as const], url: site.webhook.url, ...fields });
const mail = (fields = {}) => ({
  kind: 'mail' as const,
  ...FIELDS,
  subjects: ['qa.red' as const],
  addresses: ['a@example.org'],
  ...fields,
});
const create = (body: ReturnType<typeof teams> | ReturnType<typeof mail>): Promise<Channel> => admin.call(createChannelCall, { body });
const fieldsOf = ({ name, subjects, quiet, active }: Channel) => ({ name, subjects, quiet, active });

describe('a channel', () => {
  it('is added, changed on what was seen, and removed; every reply without its address', async () => {
    const watcher = await site.test.watcher(admin);
    await watcher.watch('notifications');
    const made = await create(teams());
    expect(made).toMatchObject({
      kind: 'teams',
      name: 'Physique',
      host: new URL(site.webhook.url).host,
      quiet: { from: '20:00', to: '07:00', urgentPasses: true },
      active: true,
      fromSettings: false,
      last: null,
    });
    const body = { ...fieldsOf(made), name: 'Physique médicale', version: made.version };
    const changed = await admin.call(changeChannelCall, { params: { id: made.id }, body });
    expect(changed).toMatchObject({ name: 'Physique médicale', version: 2, host: made.host });
    const again = await admin.request<ErrorBody>('PUT', `${CHANNELS}/${made.id}`, body);
    expect([again.status, again.body.error.code]).toEqual([409, 'channel.changed']);
    expect(again.body.error.details).toMatchObject({ current: { version: 2 } });
    await admin.call(deleteChannelCall, { params: { id: made.id } });
    expect(await admin.call(listChannelsCall)).toEqual([]);
    await watcher.until(({ type }) => type === 'alerts:channel-removed');
    expect(await auditedActions(`channel:${made.id}`)).toEqual(['channel.created', 'channel.changed', 'channel.deleted']);
    expect(JSON.stringify([made, changed, again.body, watcher.received])).not.toMatch(SECRET);
    watcher.close();
  });

  it('keeps its kind of address', async () => {
    const [one, two] = [await create(teams()), await create(mail({ name: 'Astreinte' }))];
    const put = (channel: Channel, more: object) =>
      admin.request<ErrorBody>('PUT', `${CHANNELS}/${channel.id}`, { ...fieldsOf(channel), version: channel.version, ...more });
    const answers = [await put(one, { addresses: ['a@example.org'] }), await put(two, { url: site.webhook.url })];
    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual([
      [422, 'channel.rule'],
      [422, 'channel.rule'],
    ]);
    expect(JSON.stringify(answers)).not.toMatch(SECRET);
    for (const { id } of [one, two]) await admin.call(deleteChannelCall, { params: { id } });
  });

  it('is an administrator’s; what is wrong leaves nothing', async () => {
    const made = await create(teams());
    const physicist = await site.test.as('physicist');
    const before = await footprint('channels', 'deliveries');
    const nobody = `${CHANNELS}/${'0'.repeat(24)}`;
    const put = { ...fieldsOf(made), version: 1 };
    const statuses = await statusesOf([
      [site.test.anonymous(), 'POST', CHANNELS, teams()],
      [physicist, 'GET', CHANNELS],
      [physicist, 'POST', CHANNELS, teams()],
      [physicist, 'PUT', `${CHANNELS}/${made.id}`, put],
      [physicist, 'DELETE', `${CHANNELS}/${made.id}`],
      [physicist, 'POST', `${CHANNELS}/${made.id}/test`],
      [physicist, 'GET', '/api/admin/deliveries'],
      [await site.test.as('secretary'), 'GET', '/api/alerts/health'],
      [physicist, 'GET', '/api/alerts/health'],
      [admin, 'PUT', nobody, put],
      [admin, 'DELETE', nobody],
      [admin, 'POST', `${nobody}/test`],
      [admin, 'GET', '/api/admin/deliveries?cursor=x'],
    ]);
    expect(statuses).toEqual([401, 403, 403, 403, 403, 403, 403, 403, 200, 404, 404, 404, 400]);
    const wrong = [
      teams({ url: 'ftp://x.example/' }),
      teams({ url: 'https://outlook.webhook.office.com/webhookb2/x' }),
      teams({ url: 'https://user:password@x.example/' }),
      teams({ quiet: { from: '07:00', to: '07:00' } }),
      teams({ quiet: { from: '25:00', to: '07:00' } }),
      teams({ subjects: ['all'] }),
      teams({ name: ' ' }),
      mail({ addresses: ['not an address'] }),
      mail({ addresses: [] }),
      mail({ addresses: ['a@example.org\r\nBcc: b@example.org'] }),
      { ...mail(), kind: 'pigeon' },
    ];
    expect(await statusesOf(wrong.map((body) => [admin, 'POST', CHANNELS, body]))).toEqual(wrong.map(() => 400));
    const plain = await admin.request<ErrorBody>('POST', CHANNELS, teams({ url: 'http://127.0.0.1:9/x' }));
    expect([plain.status, plain.body.error.code]).toEqual([422, 'channel.rule']);
    expect(await footprint('channels', 'deliveries')).toEqual(before);
    await admin.call(deleteChannelCall, { params: { id: made.id } });
  });
});

describe('a test', () => {
  const test = ({ id }: Channel): Promise<Delivery> => admin.call(testChannelCall, { params: { id } });

  it('goes by Teams or mail at once, quiet hours or not, off or not, and says how it ended', async () => {
    const channels = [
      await create(teams({ quiet: { from: '00:00', to: '23:59', urgentPasses: false } })),
      await create(mail({ active: false })),
      await create(teams({ name: 'Sans certificat', url: site.webhook.url.replace('localhost', '127.0.0.1') })),
    ];
    const [one, two, three] = [await test(channels[0] as Channel), await test(channels[1] as Channel), await test(channels[2] as Channel)];
    expect(one).toMatchObject({ state: 'sent', attempts: 1, phase: 'test', outcome: { code: 'sent' } });
    expect(two).toMatchObject({ state: 'sent', outcome: { code: 'sent' } });
    expect(three).toMatchObject({ state: 'failed', nextAt: null, outcome: { code: 'certificate' } });
    expect(site.webhook.received.at(-1)?.body).toContain('Essai d’alerte');
    expect(site.mail.received.at(-1)?.text).toContain('Content-Type: text/html');
    const list = await admin.call(listChannelsCall);
    expect(list.map(({ last }) => last?.code)).toEqual(['sent', 'sent', 'certificate']);
    const { items } = await admin.call(listDeliveriesCall);
    expect(items.map(({ reference }) => reference)).toEqual([three, two, one].map(({ reference }) => reference));
    const page = await admin.call(listDeliveriesCall, { query: { limit: 2 } });
    expect(page.items).toEqual(items.slice(0, 2));
    expect((await admin.call(listDeliveriesCall, { query: { limit: 2, cursor: page.next ?? '' } })).items).toEqual(items.slice(2));
    expect((await admin.call(listDeliveriesCall, { query: { state: 'failed' } })).items).toEqual([three]);
    expect((await admin.call(listDeliveriesCall, { query: { channel: one.channel.id } })).items).toEqual([one]);
    const kept = ['audit', 'events', 'deliveries', 'channelStates'];
    const written = await Promise.all(kept.map((name) => mongoose.connection.collection(name).find().toArray()));
    expect(SECRET.test(JSON.stringify([list, items, written]))).toBe(false);
    expect(JSON.stringify(written[0])).not.toContain('example.org');
    for (const { id } of channels) await admin.call(deleteChannelCall, { params: { id } });
  });
});
