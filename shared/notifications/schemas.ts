import { z } from 'zod';
import { Id, Instant, Line, Version, pageOf, PageQuery } from '../schemas.ts';

export const CHANNEL_KINDS = ['teams', 'mail'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What alerts are about; a channel takes some of them. Later domains add theirs here. */
export const ALERT_SUBJECTS = ['qa.weekly', 'qa.red', 'system'] as const;
export const AlertSubject = z.enum(ALERT_SUBJECTS);
export type AlertSubject = z.infer<typeof AlertSubject>;

/** Subjects that may break the quiet hours of a channel which lets urgent ones pass. */
export const URGENT_SUBJECTS: readonly AlertSubject[] = ['qa.red', 'system'];

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour as 22:00');

/** Hours of the site's clock in which a channel is left in peace, over midnight too; what is sent meanwhile waits for their end. */
export const QuietHours = z
  .strictObject({ from: ClockTime, to: ClockTime, urgentPasses: z.boolean().default(true) })
  .refine(({ from, to }) => from !== to, { error: 'two different hours', path: ['to'] });
export type QuietHours = z.infer<typeof QuietHours>;

/**
 * Address of a Teams Workflow. It is a secret: whoever has it writes to the channel. Connectors of Office 365 are retired, and the library would print
 * their whole address.
 */
const WebhookUrl = z
  .url({ protocol: /^https?$/, error: 'the address of a Teams Workflow, with https' })
  .max(2000)
  .refine((url) => !/^https?:[/]+[^/?#]*@/i.test(url), 'an address without user name')
  .refine((url) => !/webhook\.office\.com/i.test(url), 'connectors of Office 365 are retired: take the address of a Workflow');

const Addresses = z.array(z.email().max(200)).min(1).max(20);

export const ChannelFields = z.strictObject({
  name: Line.max(60),
  subjects: z
    .array(AlertSubject)
    .max(ALERT_SUBJECTS.length)
    .transform((subjects) => ALERT_SUBJECTS.filter((subject) => subjects.includes(subject))),
  quiet: QuietHours.nullable().default(null),
  active: z.boolean().default(true),
});

export const CreateChannel = z.discriminatedUnion('kind', [
  ChannelFields.extend({ kind: z.literal('teams'), url: WebhookUrl }),
  ChannelFields.extend({ kind: z.literal('mail'), addresses: Addresses }),
]);
export type CreateChannel = z.infer<typeof CreateChannel>;

/** A channel keeps its kind; an address of Teams that is not given again stays. */
export const ChangeChannel = ChannelFields.extend({
  version: Version,
  url: WebhookUrl.optional(),
  addresses: Addresses.optional(),
});
export type ChangeChannel = z.infer<typeof ChangeChannel>;

/** How a try to send ended. All but the first two failed. */
export const OUTCOMES = [
  'sent',
  'partly',
  'refused',
  'limited',
  'server',
  'timeout',
  'unreachable',
  'certificate',
  'proxy',
  'interrupted',
  'login',
  'too-large',
  'no-target',
  'no-transport',
  'channel-off',
  'queue-full',
] as const;
const OutcomeCode = z.enum(OUTCOMES);
export type OutcomeCode = z.infer<typeof OutcomeCode>;

/** `status`: of HTTP or SMTP, when there was an answer. */
export const Outcome = z.strictObject({ code: OutcomeCode, status: z.number().int().nullable(), at: Instant });
export type Outcome = z.infer<typeof Outcome>;

/** A channel as an administrator sees it: the address of a Teams channel is never shown again, only the host it is at. */
export const Channel = z.strictObject({
  id: Id,
  version: Version,
  kind: z.enum(CHANNEL_KINDS),
  name: z.string(),
  /** It comes from TEAMS_WEBHOOK_URL: its address is changed there. */
  fromSettings: z.boolean(),
  host: z.string().nullable(),
  addresses: z.array(z.string()),
  subjects: z.array(AlertSubject),
  quiet: QuietHours.nullable(),
  active: z.boolean(),
  /** Alerts are sent no sooner: the channel asked for a pause. */
  pausedUntil: Instant.nullable(),
  /** How the last try on this channel ended. */
  last: Outcome.nullable(),
});
export type Channel = z.infer<typeof Channel>;

export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'failed', 'given-up'] as const;
export const DeliveryState = z.enum(DELIVERY_STATES);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** What an alert says of the thing named by its reference: something began, something ended, or something is so. */
export const ALERT_PHASES = ['opened', 'resolved', 'notice', 'test'] as const;

/** One alert on its way to one channel. */
export const Delivery = z.strictObject({
  id: Id,
  channel: z.strictObject({ id: Id, name: z.string(), kind: z.enum(CHANNEL_KINDS) }),
  subject: AlertSubject,
  phase: z.enum(ALERT_PHASES),
  reference: z.string(),
  title: z.string(),
  state: DeliveryState,
  attempts: z.number().int().nonnegative(),
  createdAt: Instant,
  /** When it is tried next; null when nothing more is tried. */
  nextAt: Instant.nullable(),
  /** It waits for the end of the channel's quiet hours. */
  quiet: z.boolean(),
  outcome: Outcome.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryQuery = PageQuery.extend({ channel: Id.optional(), state: DeliveryState.optional() });
export const DeliveryPage = pageOf(Delivery);

/** Whether alerts leave: `late`: one waits for too long; `failing`: the last try on a channel failed. */
export const AlertsHealth = z.strictObject({
  problem: z.enum(['late', 'failing']).nullable(),
  /** The oldest alert that should have left, when it should have. */
  waitingSince: Instant.nullable(),
  undelivered: z.number().int().nonnegative(),
  /** Names of the channels whose last try failed. */
  failing: z.array(z.strictObject({ name: z.string(), code: OutcomeCode })),
});
export type AlertsHealth = z.infer<typeof AlertsHealth>;
