import type { Channel, Delivery, Outcome } from '#shared/notifications/schemas.ts';
import type { AlertMeans } from './means.ts';
import type { ChannelRow, ChannelStateRow, DeliveryRow, OutcomeRow } from './model.ts';

/** A channel as an administrator sees it: of the address of a Teams channel nothing but the host. */
export function presentChannel(row: ChannelRow, state: ChannelStateRow | null, { webhookUrl }: Pick<AlertMeans, 'webhookUrl'>): Channel {
  const url = row.fromSettings ? webhookUrl : row.url;
  return {
    id: row._id.toHexString(),
    version: row.version,
    kind: row.kind,
    name: row.name,
    fromSettings: row.fromSettings,
    host: url === null ? null : new URL(url).host,
    addresses: row.addresses,
    subjects: row.subjects,
    quiet: row.quiet && { from: row.quiet.from, to: row.quiet.to, urgentPasses: row.quiet.urgentPasses },
    active: row.active,
    pausedUntil: state?.pausedUntil?.toISOString() ?? null,
    last: state?.last ? presentOutcome(state.last) : null,
  };
}

/** A delivery as the log shows it. */
export function presentDelivery(row: DeliveryRow): Delivery {
  return {
    id: row._id.toHexString(),
    channel: { id: row.channel.toHexString(), name: row.channelName, kind: row.channelKind },
    subject: row.subject,
    phase: row.phase,
    reference: row.reference,
    title: row.content.title,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.createdAt.toISOString(),
    nextAt: row.state === 'queued' ? row.nextAt.toISOString() : null,
    quiet: row.quiet && row.state === 'queued',
    outcome: row.outcome && presentOutcome(row.outcome),
  };
}

function presentOutcome({ code, status, at }: OutcomeRow): Outcome {
  return { code, status, at: at.toISOString() };
}
