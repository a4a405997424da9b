import { isDeepStrictEqual } from 'node:util';
import type { AlertsHealth } from '#shared/notifications/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { ChannelModel, ChannelStateModel, DeliveryModel } from './model.ts';
import { arrived } from './send.ts';

/** An alert that should have left so long ago is late. */
export const LATE_AFTER_MS = 5 * 60_000;
const WAITING = { $in: ['queued', 'sending'] as const };

/** Whether alerts leave. Those that wait for the end of quiet hours are not late. */
export async function readHealth(now: Date): Promise<AlertsHealth> {
  const oldest = await DeliveryModel.findOne({ state: WAITING }, { dueAt: 1 }).sort({ dueAt: 1 }).lean();
  const undelivered = await DeliveryModel.countDocuments({ state: WAITING, dueAt: { $lte: now } });
  const channels = await ChannelModel.find({ active: true }, { name: 1 }).sort({ name: 1 }).lean();
  const states = await ChannelStateModel.find({ _id: { $in: channels.map(({ _id }) => _id) } }).lean();
  const last = new Map(states.map((state) => [state._id.toHexString(), state.last]));
  const failing = channels.flatMap(({ _id, name }) => {
    const outcome = last.get(_id.toHexString());
    return outcome && !arrived(outcome.code) ? [{ name, code: outcome.code }] : [];
  });
  const late = oldest !== null && now.getTime() - oldest.dueAt.getTime() > LATE_AFTER_MS;
  return {
    problem: problemOf(late, failing.length > 0),
    waitingSince: late ? oldest.dueAt.toISOString() : null,
    undelivered,
    failing,
  };
}

/** Tells live how alerts do when that has changed since it was told last. */
export function createHealthTeller(): (ctx: Context) => Promise<void> {
  let told: AlertsHealth | undefined;
  return async (ctx) => {
    const health = await readHealth(ctx.now());
    if (told && isDeepStrictEqual({ ...told, undelivered: 0 }, { ...health, undelivered: 0 })) return;
    await ctx.atomically('notifications', () => {
      ctx.announce([{ topic: 'notifications', type: 'alerts:health', data: { health } }]);
      return Promise.resolve();
    });
    told = health;
  };
}

function problemOf(late: boolean, failing: boolean): AlertsHealth['problem'] {
  if (late) return 'late';
  return failing ? 'failing' : null;
}
