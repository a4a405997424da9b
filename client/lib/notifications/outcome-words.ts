import type { Delivery, Outcome } from '#shared/notifications/schemas.ts';
import { format, m } from '../i18n/index.ts';
import type { LightState } from '../ui/light.ts';

/** How a try ended, in words, with what the other side answered. */
export function outcomeText({ code, status }: Pick<Outcome, 'code' | 'status'>): string {
  const words = m.notifications.outcomes[code];
  return status === null ? words : `${words} (${m.notifications.status(status)})`;
}

/** Whether it arrived, at some addresses at least. */
export function arrived({ code }: Pick<Outcome, 'code'>): boolean {
  return code === 'sent' || code === 'partly';
}

/** What is known of a delivery: how its last try ended, and when the next one is. */
export function deliveryText({ outcome, nextAt, quiet }: Delivery, now: number): string {
  const last = outcome ? outcomeText(outcome) : '';
  if (nextAt === null) return last;
  const next = quiet ? m.notifications.waitsQuiet(format.dateTime(nextAt, now)) : m.notifications.nextTry(format.dateTime(nextAt, now));
  return [last, outcome || quiet ? next : ''].filter((part) => part !== '').join(' ');
}

const LIGHTS: Readonly<Record<Delivery['state'], LightState>> = {
  queued: 'pending',
  sending: 'pending',
  sent: 'done',
  failed: 'late',
  'given-up': 'late',
};

/** The mark of a delivery's state. */
export function lightOf({ state, outcome }: Delivery): LightState {
  return state === 'queued' && outcome ? 'soon' : LIGHTS[state];
}
