import { Types } from 'mongoose';
import type { ChangeChannel, Channel, CreateChannel, Delivery } from '#shared/notifications/schemas.ts';
import { ALERT_SUBJECTS } from '#shared/notifications/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { inWords } from '#shared/messages/sentences.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound, RuleBroken } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { newSecret } from '#server/platform/secrets.ts';
import { deliver } from './deliver.ts';
import type { AlertMeans } from './means.ts';
import { ChannelModel, ChannelStateModel, DeliveryModel, type ChannelRow } from './model.ts';
import { newDelivery } from './outbox.ts';
import { presentChannel, presentDelivery } from './present.ts';
import { frameWords } from './words.ts';

const QUEUE = 'notifications';

/** The channels, by name. */
export async function listChannels(means: AlertMeans): Promise<Channel[]> {
  const [rows, states] = await Promise.all([ChannelModel.find().sort({ name: 1, _id: 1 }).lean(), ChannelStateModel.find().lean()]);
  const byId = new Map(states.map((state) => [state._id.toHexString(), state]));
  return rows.map((row) => presentChannel(row, byId.get(row._id.toHexString()) ?? null, means));
}

/**
 * Adds a channel.
 *
 * @throws RuleBroken `channel.rule`
 */
export async function createChannel(ctx: Context, means: AlertMeans, fields: CreateChannel): Promise<Channel> {
  const { kind, name, subjects, quiet, active } = fields;
  const target = kind === 'teams' ? { url: fields.url, addresses: [] } : { url: null, addresses: fields.addresses };
  assertUsable(ctx, means, target);
  return ctx.atomically(QUEUE, async () => {
    const row: ChannelRow = { ...blank(ctx), kind, name, subjects, quiet, active, ...target };
    await ChannelModel.insertMany([row], { lean: true });
    return announce(ctx, means, 'channel.created', row);
  });
}

/**
 * Changes a channel on condition of the version that the administrator saw. What waits for it is judged anew: its quiet hours may be others now.
 *
 * @throws Conflict `channel.changed` with the current state; RuleBroken `channel.rule`
 */
export async function changeChannel(
  ctx: Context,
  means: AlertMeans,
  id: string,
  { version, url, addresses, ...fields }: ChangeChannel,
): Promise<Channel> {
  return ctx.atomically(QUEUE, async () => {
    const current = await ChannelModel.findById(id).lean();
    if (!current) throw new NotFound('channel');
    if (current.version !== version) throw new Conflict('channel.changed', { current: await presented(current, means) });
    if (current.fromSettings && url !== undefined) refuse(ctx, 'channel_settings');
    if (current.kind === 'teams' ? addresses !== undefined : url !== undefined) refuse(ctx, 'channel_address');
    assertUsable(ctx, means, { url: url ?? null });
    const target = { ...(url === undefined ? {} : { url }), ...(addresses === undefined ? {} : { addresses }) };
    const row = await ChannelModel.findOneAndUpdate(
      { _id: current._id, version },
      { $set: { ...fields, ...target }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!row) throw new Conflict('channel.changed', { current: await presented(current, means) });
    await DeliveryModel.updateMany({ channel: row._id, state: 'queued' }, { $set: { nextAt: ctx.now() } });
    return announce(ctx, means, 'channel.changed', row);
  });
}

/**
 * Removes a channel; what waits for it is given up.
 *
 * @throws RuleBroken `channel.rule` for the channel of the settings, which would be there again at the next start.
 */
export async function deleteChannel(ctx: Context, id: string): Promise<void> {
  await ctx.atomically(QUEUE, async () => {
    const row = await ChannelModel.findById(id).lean();
    if (!row) throw new NotFound('channel');
    if (row.fromSettings) refuse(ctx, 'channel_settings');
    await ChannelModel.deleteOne({ _id: row._id });
    await ChannelStateModel.deleteOne({ _id: row._id });
    await DeliveryModel.updateMany({ channel: row._id, state: 'queued' }, { $set: { nextAt: ctx.now() } });
    await ctx.record({
      action: 'channel.deleted',
      subject: `channel:${id}`,
      details: { kind: row.kind, name: row.name },
      live: [{ topic: 'notifications', type: 'alerts:channel-removed', data: { id } }],
    });
  });
}

/** Sends a test alert now, quiet hours or not, and says how it ended. A channel that is off can be tested too. */
export async function testChannel(ctx: Context, means: AlertMeans, id: string): Promise<Delivery> {
  const words = frameWords[means.site.locale];
  const row = await ctx.atomically(QUEUE, async () => {
    const channel = await ChannelModel.findById(id).lean();
    if (!channel) throw new NotFound('channel');
    const now = ctx.now();
    const facts = [
      { label: words.channel, value: channel.name },
      { label: words.askedBy, value: ctx.actor.name },
    ];
    const content = { title: words.testTitle, facts, items: [], path: '/admin/channels', tone: 'info' } as const;
    const reference = `TEST-${now.toISOString().slice(0, 19)}-${newSecret().slice(0, 6)}`;
    const made = newDelivery(channel, { subject: 'system', phase: 'test', reference, content }, now);
    const claimed = { ...made, state: 'sending', claim: newSecret(), claimedAt: now } as const;
    await DeliveryModel.insertMany([claimed], { lean: true });
    await ctx.record({ action: 'channel.tested', subject: `channel:${id}`, details: { kind: channel.kind, name: channel.name } });
    return claimed;
  });
  await deliver(ctx, means, row);
  const done = await DeliveryModel.findById(row._id).lean();
  if (!done) throw new NotFound('delivery');
  return presentDelivery(done);
}

/** The channel of TEAMS_WEBHOOK_URL: made at the first start with that setting, for every subject. */
export async function ensureSettingsChannel(ctx: Context, { webhookUrl }: AlertMeans): Promise<void> {
  if (webhookUrl === null || (await ChannelModel.exists({ fromSettings: true }))) return;
  const row: ChannelRow = { ...blank(ctx), kind: 'teams', name: 'Teams', fromSettings: true, url: null, subjects: [...ALERT_SUBJECTS] };
  try {
    await ctx.atomically(QUEUE, async () => {
      await ChannelModel.insertMany([row], { lean: true });
      await ctx.record({ action: 'channel.created', subject: `channel:${row._id.toHexString()}`, details: detailsOf(row) });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error; // another process made it just now
  }
}

/** Adds a channel unless there is one of that name, which is led to the address given: for the demo, whose sinks are elsewhere at every start. */
export async function ensureChannel(ctx: Context, means: AlertMeans, fields: CreateChannel): Promise<void> {
  const existing = await ChannelModel.findOne({ name: fields.name, kind: fields.kind }).lean();
  if (!existing) await createChannel(ctx, means, fields);
  else if (fields.kind === 'teams') await ChannelModel.updateOne({ _id: existing._id }, { $set: { url: fields.url } });
}

function blank(ctx: Context) {
  return {
    _id: new Types.ObjectId(),
    version: 1,
    fromSettings: false,
    url: null,
    addresses: [] as string[],
    quiet: null,
    active: true,
    createdAt: ctx.now(),
    createdBy: ctx.actor.name,
  };
}

function assertUsable(ctx: Context, { publicUrl, loopbackHttp }: AlertMeans, { url }: { url: string | null }): void {
  if (publicUrl === null) refuse(ctx, 'public_url');
  if (url === null || url.startsWith('https:')) return;
  if (!(loopbackHttp && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname))) refuse(ctx, 'channel_address');
}

function refuse(ctx: Context, rule: 'public_url' | 'channel_address' | 'channel_settings'): never {
  throw new RuleBroken('channel.rule', inWords([{ rule }], wordsOf(ctx.locale), String));
}

async function presented(row: ChannelRow, means: AlertMeans): Promise<Channel> {
  return presentChannel(row, await ChannelStateModel.findById(row._id).lean(), means);
}

async function announce(ctx: Context, means: AlertMeans, action: string, row: ChannelRow): Promise<Channel> {
  const channel = await presented(row, means);
  await ctx.record({
    action,
    subject: `channel:${channel.id}`,
    details: detailsOf(row),
    live: [{ topic: 'notifications', type: 'alerts:channel', data: { channel } }],
  });
  return channel;
}

/** For the audit log: no address. */
function detailsOf({ kind, name, subjects, active, version }: ChannelRow): Record<string, unknown> {
  return { kind, name, subjects, active, version };
}
