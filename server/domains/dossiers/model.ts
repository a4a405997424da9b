import { Schema, model, type Types } from 'mongoose';
import type { Role } from '#shared/roles.ts';
import type { PlanFields, PrescriptionFields, Priority } from '#shared/dossiers/schemas.ts';
import { STATUSES, type ItemCode, type SignedItem, type Status } from '#shared/dossiers/statuses.ts';
import { type Workflow } from '#shared/dossiers/workflow-schemas.ts';

/** Who did something, in which role, when. */
export interface ActRow {
  by: string;
  byId: string | null;
  role: Role | null;
  at: Date;
}

export interface TickRow extends ActRow {
  code: ItemCode;
  evidence: string | null;
  comment: string | null;
}

export interface SignatureRow extends ActRow {
  item: SignedItem;
  role: Role;
  comment: string | null;
  hash: string;
  ended: { why: 'revoked' | 'broken' | 'replaced'; by: string; at: Date } | null;
}

export interface SessionRow {
  number: number;
  machine: string;
  checklist: Record<string, boolean>;
  status: 'planned' | 'started' | 'done' | 'interrupted' | 'missed';
  startedAt: Date;
  startedBy: string;
  endedAt: Date | null;
  endedBy: string | null;
  note: string | null;
}

/** What every card shows of a patient: a copy, kept by the domain event `patient.changed`. */
export interface PatientCopy {
  id: string;
  ipp: string;
  lastName: string;
  firstName: string;
  birthDate: string;
  sex: 'F' | 'M' | 'O' | 'U';
}

export interface DossierRow {
  _id: Types.ObjectId;
  number: number;
  version: number;
  status: Status;
  /** Not closed. */
  open: boolean;
  /** No hard rule fails but perhaps the machine's light, which changes without the dossier. */
  cleared: boolean;
  enteredAt: Date;
  createdAt: Date;
  createdBy: string;
  dueAt: Date | null;
  priority: Priority;
  patient: PatientCopy;
  machineId: string | null;
  protocol: string | null;
  pathology: string | null;
  referringPhysician: string | null;
  tags: string[];
  ticks: TickRow[];
  signatures: SignatureRow[];
  prescription: (PrescriptionFields & { revision: number; written: ActRow }) | null;
  plan: (PlanFields & { revision: number; written: ActRow }) | null;
  sessionList: SessionRow[];
  path: { status: Status; enteredAt: Date; by: string }[];
  /** What arrived and could tick an item; absent on dossiers written before there were any. */
  proposals?: { item: ItemCode; evidence: string; at: Date }[];
  /** Lower-case copies without accents, for search: number, IPP, names. */
  searchKeys: string[];
  /** Lower-case copies without accents, for filters by equality. */
  pathologyKey: string | null;
  physicianKey: string | null;
}

const Mixed = Schema.Types.Mixed;
const dossierSchema = new Schema<DossierRow>(
  {
    number: { type: Number, required: true },
    version: { type: Number, required: true },
    status: { type: String, enum: STATUSES, required: true },
    open: { type: Boolean, required: true },
    cleared: { type: Boolean, required: true },
    enteredAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    dueAt: { type: Date, default: null },
    priority: { type: String, required: true },
    patient: { type: Mixed, required: true },
    machineId: { type: String, default: null },
    protocol: { type: String, default: null },
    pathology: { type: String, default: null },
    referringPhysician: { type: String, default: null },
    tags: { type: [String], required: true },
    ticks: { type: Mixed, required: true },
    signatures: { type: Mixed, required: true },
    prescription: { type: Mixed, default: null },
    plan: { type: Mixed, default: null },
    sessionList: { type: Mixed, required: true },
    path: { type: Mixed, required: true },
    proposals: { type: Mixed },
    searchKeys: { type: [String], required: true },
    pathologyKey: { type: String, default: null },
    physicianKey: { type: String, default: null },
  },
  { versionKey: false, minimize: false, collection: 'dossiers' },
);
dossierSchema.index({ number: 1 }, { unique: true });
dossierSchema.index({ status: 1, enteredAt: 1, _id: 1 });
dossierSchema.index({ open: 1, enteredAt: 1, _id: 1 });
dossierSchema.index({ 'patient.id': 1, createdAt: 1 });
dossierSchema.index({ searchKeys: 1 });
export const DossierModel = model('Dossier', dossierSchema);

/** What a move changed, so that it can be taken back whole. */
export type BeforeMove = Pick<DossierRow, 'status' | 'enteredAt' | 'dueAt' | 'ticks' | 'signatures' | 'path'>;

export interface HistoryRow extends ActRow {
  _id: Types.ObjectId;
  dossier: string;
  what: string;
  from: Status | null;
  to: Status | null;
  subject: string | null;
  comment: string | null;
  revoked: ItemCode[];
  /** The dossier's version after it. */
  version: number;
  before: BeforeMove | null;
}

const historySchema = new Schema<HistoryRow>(
  {
    dossier: { type: String, required: true },
    what: { type: String, required: true },
    by: { type: String, required: true },
    byId: { type: String, default: null },
    role: { type: String, default: null },
    at: { type: Date, required: true },
    from: { type: String, default: null },
    to: { type: String, default: null },
    subject: { type: String, default: null },
    comment: { type: String, default: null },
    revoked: { type: [String], required: true },
    version: { type: Number, required: true },
    before: { type: Mixed, default: null },
  },
  { versionKey: false, minimize: false, collection: 'dossierhistory' },
);
historySchema.index({ dossier: 1, version: 1 }, { unique: true });
historySchema.index({ to: 1, at: 1 });
export const HistoryModel = model('DossierHistory', historySchema);

/** Versions of the workflow; the highest is in force. */
const workflowSchema = new Schema<Workflow>(
  {
    version: { type: Number, required: true },
    statuses: { type: Mixed, required: true },
    items: { type: Mixed, required: true },
    sessionChecklist: { type: [String], required: true },
  },
  { versionKey: false, minimize: false, collection: 'workflows' },
);
workflowSchema.index({ version: 1 }, { unique: true });
export const WorkflowModel = model('Workflow', workflowSchema);

interface CounterRow {
  _id: string;
  value: number;
}
const counterSchema = new Schema<CounterRow>(
  { _id: { type: String, required: true }, value: { type: Number, required: true } },
  { versionKey: false, collection: 'counters' },
);
/** Running numbers of dossiers. */
export const CounterModel = model('Counter', counterSchema);
