import { Schema, model, type Types } from 'mongoose';
import type { Action, AssociationStatus, PacsStatus, PeerLightColour, PeerRight } from '#shared/pacs/schemas.ts';

const Mixed = Schema.Types.Mixed;
const DAY_S = 24 * 3600;
/** History of associations and of refused callers. Source: `pacs.md`, "Association monitor". */
const KEPT_S = 90 * DAY_S;

/** A peer of the white list. */
export interface PeerRow {
  _id: Types.ObjectId;
  version: number;
  aeTitle: string;
  host: string;
  port: number | null;
  rights: PeerRight[];
  tls: boolean;
  checkAddress: boolean;
  active: boolean;
  note: string;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
}

const peerSchema = new Schema<PeerRow>(
  {
    version: { type: Number, required: true },
    aeTitle: { type: String, required: true },
    host: { type: String, required: true },
    port: { type: Number, default: null },
    rights: { type: [String], required: true },
    tls: { type: Boolean, required: true },
    checkAddress: { type: Boolean, required: true },
    active: { type: Boolean, required: true },
    note: { type: String, default: '' },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    changedAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'pacspeers' },
);
peerSchema.index({ aeTitle: 1 }, { unique: true });
export const PeerModel = model('PacsPeer', peerSchema);

export interface EchoRow {
  at: Date;
  ms: number | null;
  reason: string | null;
}

/** How a peer does, as the process that receives knows it; kept apart from what an administrator writes, so that neither overwrites the other. */
export interface PeerStateRow {
  _id: Types.ObjectId;
  light: PeerLightColour;
  since: Date | null;
  echoes: EchoRow[];
  /** When its last studies began. */
  arrivals: Date[];
  lastReceived: { at: Date; modality: string | null } | null;
}

const peerStateSchema = new Schema<PeerStateRow>(
  {
    light: { type: String, required: true },
    since: { type: Date, default: null },
    echoes: { type: Mixed, required: true },
    arrivals: { type: [Date], required: true },
    lastReceived: { type: Mixed, default: null },
  },
  { versionKey: false, minimize: false, collection: 'pacspeerstates' },
);
export const PeerStateModel = model('PacsPeerState', peerStateSchema);

/** An association. A running one is written again with every publication, so that a snapshot is as old as the topic's revision. */
export interface AssociationRow {
  _id: Types.ObjectId;
  service: 'SCP' | 'SCU';
  action: Action | null;
  callingAeTitle: string;
  calledAeTitle: string;
  address: string;
  port: number | null;
  peer: string | null;
  startedAt: Date;
  endedAt: Date | null;
  updatedAt: Date;
  messages: number;
  bytes: number;
  messagesPerSecond: number;
  bytesPerSecond: number;
  recent: number[];
  simultaneous: number;
  studyUid: string | null;
  seriesUid: string | null;
  instanceUid: string | null;
  modality: string | null;
  seriesNumber: number | null;
  seriesDescription: string | null;
  status: AssociationStatus;
  statusCode: string | null;
  reason: string | null;
  rejection: string | null;
  failures: number;
  note: string | null;
  /** Not ended in order: what the filter "failed" asks for. */
  failed: boolean;
}

const text = { type: String, default: null };
const count = { type: Number, required: true };
const associationSchema = new Schema<AssociationRow>(
  {
    service: { type: String, required: true },
    action: text,
    callingAeTitle: { type: String, default: '' },
    calledAeTitle: { type: String, default: '' },
    address: { type: String, default: '' },
    port: { type: Number, default: null },
    peer: text,
    startedAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    updatedAt: { type: Date, required: true },
    messages: count,
    bytes: count,
    messagesPerSecond: count,
    bytesPerSecond: count,
    recent: { type: [Number], required: true },
    simultaneous: count,
    studyUid: text,
    seriesUid: text,
    instanceUid: text,
    modality: text,
    seriesNumber: { type: Number, default: null },
    seriesDescription: text,
    status: { type: String, required: true },
    statusCode: text,
    reason: text,
    rejection: text,
    failures: count,
    note: text,
    failed: { type: Boolean, required: true },
  },
  { versionKey: false, collection: 'pacsassociations' },
);
associationSchema.index({ startedAt: -1, _id: -1 });
associationSchema.index({ failed: 1, startedAt: -1, _id: -1 });
// One that runs has no end and never expires.
associationSchema.index({ endedAt: 1 }, { expireAfterSeconds: KEPT_S });
export const AssociationModel = model('PacsAssociation', associationSchema);

/** Refused calls, one row per calling title, address and reason. */
export interface RefusalRow {
  _id: Types.ObjectId;
  version: number;
  callingAeTitle: string;
  calledAeTitle: string;
  address: string;
  port: number | null;
  reason: string;
  rejection: string | null;
  wanted: string[];
  count: number;
  firstAt: Date;
  lastAt: Date;
  state: 'open' | 'ignored' | 'admitted';
}

const refusalSchema = new Schema<RefusalRow>(
  {
    version: count,
    callingAeTitle: { type: String, default: '' },
    calledAeTitle: { type: String, default: '' },
    address: { type: String, default: '' },
    port: { type: Number, default: null },
    reason: { type: String, required: true },
    rejection: text,
    wanted: { type: [String], required: true },
    count,
    firstAt: { type: Date, required: true },
    lastAt: { type: Date, required: true },
    state: { type: String, required: true },
  },
  { versionKey: false, collection: 'pacsrefusals' },
);
refusalSchema.index({ callingAeTitle: 1, address: 1, reason: 1 }, { unique: true });
refusalSchema.index({ state: 1, lastAt: -1 });
refusalSchema.index({ lastAt: 1 }, { expireAfterSeconds: KEPT_S });
export const RefusalModel = model('PacsRefusal', refusalSchema);

/** What the process that receives told last; one row. `days`: bytes received per day of the site, for how long the disk lasts. */
export interface StatusRow {
  _id: 'status';
  beatAt: Date;
  status: Omit<PacsStatus, 'asOf'>;
  today: { day: string; instances: number; bytes: number };
  days: { day: string; bytes: number }[];
  /** The minute that the last figure of `status.lastHour` stands for. */
  minute: number;
}

const statusSchema = new Schema<StatusRow>(
  {
    _id: { type: String, required: true },
    beatAt: { type: Date, required: true },
    status: { type: Mixed, required: true },
    today: { type: Mixed, required: true },
    days: { type: Mixed, required: true },
    minute: count,
  },
  { versionKey: false, minimize: false, collection: 'pacsstatus' },
);
export const StatusModel = model('PacsStatus', statusSchema);
