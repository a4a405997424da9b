import { setTimeout as sleep } from 'node:timers/promises';
import { URGENT_SUBJECTS } from '#shared/notifications/schemas.ts';
import { quietEnd } from '#shared/notifications/quiet.ts';
import type { Context } from '#server/platform/context.ts';
import type { AlertMeans } from './means.ts';
import { ChannelModel, ChannelStateModel, DeliveryModel, type ChannelRow, type DeliveryRow } from './model.ts';
import { takePlace } from './pace.ts';
import { presentChannel, presentDelivery } from './present.ts';
import { arrived, isWorthRetrying, send, type Tried } from './send.ts';

/** Who holds a delivery for longer than this was cut off: another one takes it. Longer than any try lasts. */
export const CLAIM_MS = 60_000;
/** An alert that could not leave for so long is told no more. */
export const PATIENCE_MS = 24 * 3_600_000;
const FIRST_RETRY_MS = 30_000;
const MOST_RETRY_MS = 30 * 60_000;
const MOST_PAUSE_MS = 3_600_000;
const BEHIND_MS = 2000;
const MARK_ATTEMPTS = 20;

/** Takes the next due delivery for itself; null when none is due. */
export async function claimNext(now: Date, claim: string): Promise<DeliveryRow | null> {
  return DeliveryModel.findOneAndUpdate(
    { state: 'queued', nextAt: { $lte: now } },
    { $set: { state: 'sending', claim, claimedAt: now } },
    { sort: { nextAt: 1 }, returnDocument: 'after' },
  ).lean();
}

/**
 * Puts back what somebody was sending when he was cut off. It may have arrived: it is sent again all the same, because an alert that comes twice does less
 * harm than one that never came; its reference tells that it is the same.
 */
export async function putBackInterrupted(now: Date): Promise<void> {
  await DeliveryModel.updateMany(
    { state: 'sending', claimedAt: { $lt: new Date(now.getTime() - CLAIM_MS) } },
    { $set: { state: 'queued', claim: null, claimedAt: null, nextAt: now, outcome: { code: 'interrupted', status: null, at: now } } },
  );
}

/** Does with a claimed delivery what can be done now: sends it, or says when it is tried next. */
export async function deliver(ctx: Context, means: AlertMeans, row: DeliveryRow): Promise<void> {
  const channel = await ChannelModel.findById(row.channel).lean();
  const isTest = row.phase === 'test';
  if (!channel || !(channel.active || isTest)) return mark(ctx, means, row, { code: 'channel-off', status: null, retryAfterMs: null });
  if (!isTest) {
    const later = await notBefore(ctx.now(), means, channel, row);
    if (later) return postpone(row, later);
  }
  const wait = await takePlace(channel.kind, ctx.now());
  if (wait === null) return postpone(row, { nextAt: new Date(ctx.now().getTime() + BEHIND_MS) });
  await sleep(wait);
  const started = await DeliveryModel.findOneAndUpdate(
    { _id: row._id, claim: row.claim },
    { $set: { claimedAt: ctx.now(), quiet: false }, $inc: { attempts: 1 } },
    { returnDocument: 'after' },
  ).lean();
  if (!started) return; // it was taken for lost, and is another's
  await mark(ctx, means, started, await send(means, channel, started));
}

/** What keeps a delivery back: the channel asked for a pause, its quiet hours, or the card that must come before. */
async function notBefore(now: Date, means: AlertMeans, channel: ChannelRow, row: DeliveryRow): Promise<Partial<DeliveryRow> | null> {
  const state = await ChannelStateModel.findById(channel._id).lean();
  if (state?.pausedUntil && state.pausedUntil > now) return { nextAt: state.pausedUntil };
  if (channel.quiet && !(channel.quiet.urgentPasses && URGENT_SUBJECTS.includes(row.subject))) {
    const end = quietEnd(channel.quiet, means.site.timezone, now);
    if (end > now) return { nextAt: end, dueAt: end, quiet: true };
  }
  if (row.phase !== 'resolved') return null;
  const { channel: of, subject, reference } = row;
  const before = await DeliveryModel.exists({ channel: of, subject, reference, phase: 'opened', state: { $in: ['queued', 'sending'] } });
  return before ? { nextAt: new Date(now.getTime() + BEHIND_MS) } : null;
}

async function postpone({ _id, claim }: DeliveryRow, later: Partial<DeliveryRow>): Promise<void> {
  await DeliveryModel.updateOne({ _id, claim }, { $set: { state: 'queued', claim: null, claimedAt: null, ...later } });
}

/**
 * Writes down how a try ended. What has left must not leave again because the database was away for a moment: it is tried for as long as the claim holds.
 */
async function mark(ctx: Context, means: AlertMeans, row: DeliveryRow, tried: Tried): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.atomically('notifications', () => markOnce(ctx, means, row, tried));
    } catch (error) {
      if (attempt === MARK_ATTEMPTS) throw error;
      await sleep(1000);
    }
  }
}

async function markOnce(ctx: Context, means: AlertMeans, row: DeliveryRow, tried: Tried): Promise<void> {
  const now = ctx.now();
  const outcome = { code: tried.code, status: tried.status, at: now };
  const done = await DeliveryModel.findOneAndUpdate(
    { _id: row._id, claim: row.claim },
    { $set: { ...after(row, tried, now), claim: null, claimedAt: null, outcome } },
    { returnDocument: 'after' },
  ).lean();
  if (!done) return;
  ctx.announce([{ topic: 'notifications', type: 'alerts:delivery', data: { delivery: presentDelivery(done) } }]);
  const channel = await ChannelModel.findById(row.channel).lean();
  if (!channel || tried.code === 'channel-off') return;
  const pausedUntil = tried.code === 'limited' ? new Date(now.getTime() + pauseOf(tried)) : null;
  const state = await ChannelStateModel.findOneAndUpdate(
    { _id: channel._id },
    { $set: { last: outcome, pausedUntil } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  ctx.announce([{ topic: 'notifications', type: 'alerts:channel', data: { channel: presentChannel(channel, state, means) } }]);
}

/** Where a delivery stands after a try. A test is not tried again: the person looks at its outcome. */
function after(row: DeliveryRow, tried: Tried, now: Date): Pick<DeliveryRow, 'state' | 'nextAt'> {
  if (arrived(tried.code)) return { state: 'sent', nextAt: now };
  if (tried.code === 'channel-off') return { state: 'given-up', nextAt: now };
  if (!isWorthRetrying(tried) || row.phase === 'test') return { state: 'failed', nextAt: now };
  const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, row.attempts - 1), MOST_RETRY_MS);
  const nextAt = new Date(now.getTime() + (tried.code === 'limited' ? pauseOf(tried) : wait));
  return nextAt.getTime() > row.dueAt.getTime() + PATIENCE_MS ? { state: 'given-up', nextAt: now } : { state: 'queued', nextAt };
}

function pauseOf({ retryAfterMs }: Tried): number {
  return Math.min(Math.max(retryAfterMs ?? FIRST_RETRY_MS, 1000), MOST_PAUSE_MS);
}
