import { Types } from 'mongoose';
import type { Delivery, AlertSubject } from '#shared/notifications/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { ChannelModel, DeliveryModel, type AlertContent, type ChannelRow, type DeliveryRow } from './model.ts';
import { presentDelivery } from './present.ts';

/** More alerts than this do not wait for a channel: what comes then is written down as not sent. */
export const MOST_WAITING = 500;

/** An alert as a domain gives it. No names of patients: it leaves the hospital. */
export interface Alert {
  subject: AlertSubject;
  /** Names what it is about; shown, and the same on the cards that belong together. */
  reference: string;
  phase: Exclude<Delivery['phase'], 'test'>;
  content: Readonly<Omit<AlertContent, 'facts' | 'items'>> & {
    readonly facts: readonly AlertContent['facts'][number][];
    readonly items: readonly string[];
  };
}

/**
 * Puts an alert on its way to every channel that takes its subject. Called inside an act: it is committed with what it tells, or neither is. The same
 * reference and phase said twice is sent once.
 */
export async function enqueueAlert(ctx: Context, alert: Alert): Promise<void> {
  const channels = await ChannelModel.find({ active: true, subjects: alert.subject }).lean();
  for (const channel of channels) await enqueueTo(ctx, channel, alert);
}

/** A delivery that nobody has tried yet. */
export function newDelivery(channel: ChannelRow, alert: Omit<Alert, 'phase'> & Pick<Delivery, 'phase'>, now: Date): DeliveryRow {
  return {
    _id: new Types.ObjectId(),
    channel: channel._id,
    channelName: channel.name,
    channelKind: channel.kind,
    subject: alert.subject,
    phase: alert.phase,
    reference: alert.reference,
    content: { ...alert.content, facts: [...alert.content.facts], items: [...alert.content.items] },
    state: 'queued',
    attempts: 0,
    createdAt: now,
    dueAt: now,
    nextAt: now,
    quiet: false,
    claim: null,
    claimedAt: null,
    outcome: null,
  };
}

async function enqueueTo(ctx: Context, channel: ChannelRow, alert: Alert): Promise<void> {
  const { subject, reference, phase } = alert;
  if (await DeliveryModel.exists({ channel: channel._id, subject, reference, phase })) return;
  const now = ctx.now();
  const waiting = await DeliveryModel.countDocuments({ channel: channel._id, state: { $in: ['queued', 'sending'] } });
  const full: Partial<DeliveryRow> =
    waiting < MOST_WAITING ? {} : { state: 'given-up', outcome: { code: 'queue-full', status: null, at: now } };
  const row = { ...newDelivery(channel, alert, now), ...full };
  await DeliveryModel.insertMany([row], { lean: true });
  ctx.announce([{ topic: 'notifications', type: 'alerts:delivery', data: { delivery: presentDelivery(row) } }]);
}
