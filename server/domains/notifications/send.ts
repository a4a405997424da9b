import type { OutcomeCode } from '#shared/notifications/schemas.ts';
import { MailFailure } from '#server/platform/mail/index.ts';
import { TeamsFailure } from '#server/platform/teams/index.ts';
import { card } from './card.ts';
import { letter } from './letter.ts';
import type { AlertMeans } from './means.ts';
import type { ChannelRow, DeliveryRow } from './model.ts';

/** How a try ended. */
export interface Tried {
  code: OutcomeCode;
  status: number | null;
  /** The channel asked for a pause of so long. */
  retryAfterMs: number | null;
}

/** Outcomes after which another try would end the same way. */
const FOR_GOOD: readonly OutcomeCode[] = ['refused', 'too-large', 'no-target', 'no-transport', 'channel-off'];

/** Whether an outcome is worth another try. */
export function isWorthRetrying({ code }: Tried): boolean {
  return !arrived(code) && !FOR_GOOD.includes(code);
}

/** Whether the alert was taken, by some of its addresses at least. */
export function arrived(code: OutcomeCode): boolean {
  return code === 'sent' || code === 'partly';
}

/** Sends a delivery by its channel, once. Never throws for what the other side does: every ending is an outcome. */
export async function send(means: AlertMeans, channel: ChannelRow, delivery: DeliveryRow): Promise<Tried> {
  try {
    return await (channel.kind === 'teams' ? sendCard(means, channel, delivery) : sendLetter(means, channel, delivery));
  } catch (error) {
    if (error instanceof TeamsFailure) return { code: error.code, status: error.status, retryAfterMs: error.retryAfterMs };
    if (error instanceof MailFailure) return { code: error.code, status: error.status, retryAfterMs: null };
    throw error;
  }
}

async function sendCard(means: AlertMeans, channel: ChannelRow, delivery: DeliveryRow): Promise<Tried> {
  const url = channel.fromSettings ? means.webhookUrl : channel.url;
  if (url === null) return ended('no-target');
  await means.teams.send(url, card(delivery, means.site.locale, means.publicUrl));
  return ended('sent');
}

async function sendLetter(means: AlertMeans, channel: ChannelRow, delivery: DeliveryRow): Promise<Tried> {
  const { mail, publicUrl, site } = means;
  if (!mail) return ended('no-transport');
  if (channel.addresses.length === 0) return ended('no-target');
  const host = publicUrl === null ? 'vigie.invalid' : new URL(publicUrl).hostname;
  const { refused } = await mail.send({
    ...letter(delivery, site.locale, { publicUrl, site: site.name }),
    to: channel.addresses,
    messageId: `<${delivery._id.toHexString()}@${host}>`,
  });
  return ended(refused > 0 ? 'partly' : 'sent');
}

function ended(code: OutcomeCode): Tried {
  return { code, status: null, retryAfterMs: null };
}
