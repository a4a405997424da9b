import { Schema, model, type Types } from 'mongoose';
import type { AlertSubject, ChannelKind, Delivery, DeliveryState, OutcomeCode, QuietHours } from '#shared/notifications/schemas.ts';

const KEPT_SECONDS = 90 * 24 * 3600;

/** A way by which alerts leave. */
export interface ChannelRow {
  _id: Types.ObjectId;
  version: number;
  kind: ChannelKind;
  name: string;
  /** Its address is TEAMS_WEBHOOK_URL and stands in no database. */
  fromSettings: boolean;
  /** Of a Teams channel: a secret, shown to nobody. */
  url: string | null;
  addresses: string[];
  subjects: AlertSubject[];
  quiet: QuietHours | null;
  active: boolean;
  createdAt: Date;
  createdBy: string;
}

const quietSchema = new Schema<QuietHours>(
  { from: { type: String, required: true }, to: { type: String, required: true }, urgentPasses: { type: Boolean, required: true } },
  { _id: false },
);

const channelSchema = new Schema<ChannelRow>(
  {
    version: { type: Number, required: true },
    kind: { type: String, required: true },
    name: { type: String, required: true },
    fromSettings: { type: Boolean, required: true },
    url: { type: String, default: null },
    addresses: { type: [String], required: true },
    subjects: { type: [String], required: true },
    quiet: { type: quietSchema, default: null },
    active: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
  },
  { versionKey: false, minimize: false, collection: 'channels' },
);
channelSchema.index({ active: 1, subjects: 1 });
// Processes that start at once make the channel of the settings once.
channelSchema.index({ fromSettings: 1 }, { unique: true, partialFilterExpression: { fromSettings: true } });
export const ChannelModel = model('Channel', channelSchema);

/** How a try ended. */
export interface OutcomeRow {
  code: OutcomeCode;
  status: number | null;
  at: Date;
}

const outcomeSchema = new Schema<OutcomeRow>(
  { code: { type: String, required: true }, status: { type: Number, default: null }, at: { type: Date, required: true } },
  { _id: false },
);

/** How a channel does; apart from it, so that sending does not change what an administrator edits. */
export interface ChannelStateRow {
  _id: Types.ObjectId;
  pausedUntil: Date | null;
  last: OutcomeRow | null;
}

const channelStateSchema = new Schema<ChannelStateRow>(
  { pausedUntil: { type: Date, default: null }, last: { type: outcomeSchema, default: null } },
  { versionKey: false, minimize: false, collection: 'channelStates' },
);
export const ChannelStateModel = model('ChannelState', channelStateSchema);

/** What an alert says, as data: each kind of channel makes its own form of it. */
export interface AlertContent {
  title: string;
  facts: { label: string; value: string }[];
  /** A list that may be long: machines, reasons. */
  items: string[];
  /** Where it leads, as `/qa`. */
  path: string;
  tone: 'info' | 'good' | 'warning' | 'danger';
}

/** One alert on its way to one channel. */
export interface DeliveryRow {
  _id: Types.ObjectId;
  channel: Types.ObjectId;
  /** As it was called then. */
  channelName: string;
  channelKind: ChannelKind;
  subject: AlertSubject;
  phase: Delivery['phase'];
  reference: string;
  content: AlertContent;
  state: DeliveryState;
  attempts: number;
  createdAt: Date;
  /** When it should leave, quiet hours apart: its patience counts from here. */
  dueAt: Date;
  nextAt: Date;
  quiet: boolean;
  /** Who is sending it, and since when: only he may say how it ended. */
  claim: string | null;
  claimedAt: Date | null;
  outcome: OutcomeRow | null;
}

const factSchema = new Schema<AlertContent['facts'][number]>({ label: String, value: String }, { _id: false });

const contentSchema = new Schema<AlertContent>(
  {
    title: { type: String, required: true },
    facts: { type: [factSchema], required: true },
    items: { type: [String], required: true },
    path: { type: String, required: true },
    tone: { type: String, required: true },
  },
  { _id: false },
);

const deliverySchema = new Schema<DeliveryRow>(
  {
    channel: { type: Schema.Types.ObjectId, required: true },
    channelName: { type: String, required: true },
    channelKind: { type: String, required: true },
    subject: { type: String, required: true },
    phase: { type: String, required: true },
    reference: { type: String, required: true },
    content: { type: contentSchema, required: true },
    state: { type: String, required: true },
    attempts: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    dueAt: { type: Date, required: true },
    nextAt: { type: Date, required: true },
    quiet: { type: Boolean, required: true },
    claim: { type: String, default: null },
    claimedAt: { type: Date, default: null },
    outcome: { type: outcomeSchema, default: null },
  },
  { versionKey: false, minimize: false, collection: 'deliveries' },
);
// One alert goes to a channel once, whoever says it twice.
deliverySchema.index({ channel: 1, subject: 1, reference: 1, phase: 1 }, { unique: true });
deliverySchema.index({ state: 1, nextAt: 1 });
deliverySchema.index({ state: 1, dueAt: 1 });
deliverySchema.index({ channel: 1, state: 1, _id: -1 });
deliverySchema.index({ channel: 1, _id: -1 });
deliverySchema.index({ state: 1, _id: -1 });
deliverySchema.index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
export const DeliveryModel = model('Delivery', deliverySchema);

/** When the next message may leave, over all processes. */
interface PaceRow {
  _id: ChannelKind;
  nextAt: Date;
}

const paceSchema = new Schema<PaceRow>(
  { _id: { type: String, required: true }, nextAt: { type: Date, required: true } },
  { versionKey: false, collection: 'alertPace' },
);
export const PaceModel = model('AlertPace', paceSchema);
