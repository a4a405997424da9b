import { Schema, model, type Types } from 'mongoose';
import type { QaType } from '#shared/qa/controls.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import type { Role } from '#shared/roles.ts';

/** Who did something, in which role, when. */
export interface ActRow {
  by: string;
  byId: string | null;
  role: Role | null;
  at: Date;
}
const act = {
  by: { type: String, required: true },
  byId: { type: String, default: null },
  role: { type: String, default: null },
  at: { type: Date, required: true },
};
const maybe = { type: Schema.Types.Mixed, default: null };

interface WrittenRow extends ActRow {
  _id: Types.ObjectId;
  machine: string;
  type: QaType;
  /** First day of the period. */
  period: string;
  text: string;
  edits: { text: string; by: string; at: Date }[];
}
const written = {
  machine: { type: String, required: true },
  type: { type: String, required: true },
  period: { type: String, required: true },
  text: { type: String, required: true },
  edits: { type: [{ _id: false, text: String, by: String, at: Date }], default: [] },
  ...act,
};

export type RemarkRow = WrittenRow;
const remarkSchema = new Schema<RemarkRow>(written, { versionKey: false, collection: 'qa_remarks' });
remarkSchema.index({ machine: 1, type: 1, period: 1, at: 1 });
remarkSchema.index({ period: 1 });
export const RemarkModel = model('QaRemark', remarkSchema);

export interface JustificationRow extends WrittenRow {
  expires: Date | null;
  withdrawn: ActRow | null;
}
const justificationSchema = new Schema<JustificationRow>(
  { ...written, expires: { type: Date, default: null }, withdrawn: maybe },
  { versionKey: false, minimize: false, collection: 'qa_justifications' },
);
justificationSchema.index({ machine: 1, type: 1, period: 1, at: 1 });
justificationSchema.index({ period: 1 });
export const JustificationModel = model('QaJustification', justificationSchema);

/** A daily control entered by hand. A later one of the same day is another row: none is changed. */
export interface DailyRow extends ActRow {
  _id: Types.ObjectId;
  machine: string;
  day: string;
  outcome: 'pass' | 'fail';
  remark: string;
}
const dailySchema = new Schema<DailyRow>(
  {
    machine: { type: String, required: true },
    day: { type: String, required: true },
    outcome: { type: String, required: true },
    remark: { type: String, default: '' },
    ...act,
  },
  { versionKey: false, collection: 'qa_daily' },
);
dailySchema.index({ machine: 1, day: 1, at: 1 });
dailySchema.index({ day: 1 });
export const DailyModel = model('QaDaily', dailySchema);

/** A control known as not conform that a physicist released. */
export interface ReleaseRow extends ActRow {
  _id: number;
  machine: string;
  reason: string;
}
const releaseSchema = new Schema<ReleaseRow>(
  { _id: { type: Number, required: true }, machine: { type: String, required: true }, reason: { type: String, required: true }, ...act },
  { versionKey: false, collection: 'qa_releases' },
);
releaseSchema.index({ machine: 1 });
export const ReleaseModel = model('QaRelease', releaseSchema);

/** A time in which a machine does not treat. */
export interface OutageRow {
  _id: Types.ObjectId;
  machine: string;
  kind: 'fault' | 'downtime' | 'maintenance';
  from: Date;
  to: Date | null;
  why: string;
  declared: ActRow;
  controls: { name: string; done: ActRow | null }[];
  ended: (ActRow & { remark: string; hash: string }) | null;
  cancelled: ActRow | null;
  /** Neither ended nor cancelled: what the light and the page ask for. */
  open: boolean;
}
const outageSchema = new Schema<OutageRow>(
  {
    machine: { type: String, required: true },
    kind: { type: String, required: true },
    from: { type: Date, required: true },
    to: { type: Date, default: null },
    why: { type: String, default: '' },
    declared: { type: Schema.Types.Mixed, required: true } as never, // an act, which the library's types cannot describe
    controls: { type: [Schema.Types.Mixed], default: [] } as never, // a list of mixed values, likewise
    ended: maybe,
    cancelled: maybe,
    open: { type: Boolean, required: true },
  },
  { versionKey: false, minimize: false, collection: 'qa_outages' },
);
outageSchema.index({ machine: 1, from: -1 });
outageSchema.index({ machine: 1, open: 1 });
export const OutageModel = model('QaOutage', outageSchema);

export interface OverrideRow {
  _id: Types.ObjectId;
  machine: string;
  reason: string;
  asked: ActRow;
  confirmed: ActRow | null;
  until: Date;
  ended: ActRow | null;
  open: boolean;
}
const overrideSchema = new Schema<OverrideRow>(
  {
    machine: { type: String, required: true },
    reason: { type: String, required: true },
    asked: { type: Schema.Types.Mixed, required: true } as never, // an act, which the library's types cannot describe
    confirmed: maybe,
    until: { type: Date, required: true },
    ended: maybe,
    open: { type: Boolean, required: true },
  },
  { versionKey: false, minimize: false, collection: 'qa_overrides' },
);
overrideSchema.index({ machine: 1, open: 1, until: 1 });
export const OverrideModel = model('QaOverride', overrideSchema);

/** A version of the rules; none is ever changed. */
export interface ConfigRow extends ActRow {
  _id: number;
  config: QaConfig;
  note: string;
}
const configSchema = new Schema<ConfigRow>(
  {
    _id: { type: Number, required: true },
    config: { type: Schema.Types.Mixed, required: true } as never,
    note: { type: String, default: '' },
    ...act,
  },
  { versionKey: false, minimize: false, collection: 'qa_config' },
);
export const ConfigModel = model('QaConfig', configSchema);
