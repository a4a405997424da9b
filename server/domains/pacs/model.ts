import { Schema, model, type Types } from 'mongoose';
import type { DicomPatient, RtKind, WaitingReason } from '#shared/pacs/schemas.ts';

const Mixed = Schema.Types.Mixed;
const text = { type: String, default: null };
const count = { type: Number, required: true };

/** A patient as modalities write him. `key`: the identifier as it is compared. */
export interface ArchivePatientRow extends DicomPatient {
  _id: Types.ObjectId;
  key: string;
  searchKeys: string[];
  studies: number;
  instances: number;
  bytes: number;
  lastAt: Date;
}

const patientFields = {
  patientId: { type: String, default: '' },
  name: { type: String, default: '' },
  birthDate: text,
  sex: text,
};
const archivePatientSchema = new Schema<ArchivePatientRow>(
  {
    ...patientFields,
    key: { type: String, required: true },
    searchKeys: { type: [String], required: true },
    studies: count,
    instances: count,
    bytes: count,
    lastAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'pacspatients' },
);
archivePatientSchema.index({ key: 1 }, { unique: true });
archivePatientSchema.index({ lastAt: -1, _id: -1 });
archivePatientSchema.index({ searchKeys: 1 });
export const ArchivePatientModel = model('PacsPatient', archivePatientSchema);

export interface AttachmentRow {
  state: 'pending' | 'attached' | 'waiting' | 'dismissed';
  reason: WaitingReason | null;
  dossier: string | null;
  patient: string | null;
  by: string | null;
  at: Date | null;
}

export interface RtObjectRow {
  kind: RtKind;
  seriesUid: string;
  instanceUid: string;
  label: string | null;
  at: Date;
}

/** A study; its identifier is its UID. */
export interface StudyRow {
  _id: string;
  archivePatient: string;
  patient: DicomPatient;
  searchKeys: string[];
  date: string | null;
  time: string | null;
  description: string | null;
  accessionNumber: string | null;
  institution: string | null;
  modalities: string[];
  series: number;
  instances: number;
  bytes: number;
  firstAt: Date;
  lastAt: Date;
  complete: boolean;
  from: string;
  attachment: AttachmentRow;
  /** Whether anything but plans, structures and doses came: only then are exams imported. */
  images: boolean;
  mixed: boolean;
  /** It waits, and a patient or dossier it may belong to was created or corrected since: it is to be judged again. */
  judgeAgain?: boolean;
  rtObjects: RtObjectRow[];
}

const studySchema = new Schema<StudyRow>(
  {
    _id: { type: String, required: true },
    archivePatient: { type: String, required: true },
    patient: { type: Mixed, required: true },
    searchKeys: { type: [String], required: true },
    date: text,
    time: text,
    description: text,
    accessionNumber: text,
    institution: text,
    modalities: { type: [String], required: true },
    series: count,
    instances: count,
    bytes: count,
    firstAt: { type: Date, required: true },
    lastAt: { type: Date, required: true },
    complete: { type: Boolean, required: true },
    from: { type: String, default: '' },
    attachment: { type: Mixed, required: true },
    images: { type: Boolean, required: true },
    mixed: { type: Boolean, required: true },
    judgeAgain: Boolean,
    rtObjects: { type: Mixed, required: true },
  },
  { versionKey: false, minimize: false, collection: 'pacsstudies' },
);
studySchema.index({ lastAt: -1, _id: -1 });
studySchema.index({ archivePatient: 1, lastAt: -1, _id: -1 });
studySchema.index({ 'attachment.dossier': 1, lastAt: -1, _id: -1 });
studySchema.index({ 'attachment.state': 1, lastAt: -1, _id: -1 });
studySchema.index({ searchKeys: 1 });
studySchema.index({ complete: 1, lastAt: 1 });
export const StudyModel = model('PacsStudy', studySchema);

/** A series; its identifier is its UID. */
export interface SeriesRow {
  _id: string;
  studyUid: string;
  number: number | null;
  modality: string | null;
  description: string | null;
  bodyPart: string | null;
  manufacturer: string | null;
  model: string | null;
  station: string | null;
  instances: number;
  bytes: number;
  firstAt: Date;
  lastAt: Date;
}

const seriesSchema = new Schema<SeriesRow>(
  {
    _id: { type: String, required: true },
    studyUid: { type: String, required: true },
    number: { type: Number, default: null },
    modality: text,
    description: text,
    bodyPart: text,
    manufacturer: text,
    model: text,
    station: text,
    instances: count,
    bytes: count,
    firstAt: { type: Date, required: true },
    lastAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'pacsseries' },
);
seriesSchema.index({ studyUid: 1, number: 1, _id: 1 });
export const SeriesModel = model('PacsSeries', seriesSchema);

/** An instance; its identifier is its UID: the one index that keeps it single is the one it is found by. */
export interface InstanceRow {
  _id: string;
  studyUid: string;
  seriesUid: string;
  number: number | null;
  sopClassUid: string;
  transferSyntaxUid: string;
  sizeBytes: number;
  checksum: string;
  /** Below the archive's folder. */
  path: string;
  startedAt: Date;
  storedAt: Date;
  from: string;
}

const instanceSchema = new Schema<InstanceRow>(
  {
    _id: { type: String, required: true },
    studyUid: { type: String, required: true },
    seriesUid: { type: String, required: true },
    number: { type: Number, default: null },
    sopClassUid: { type: String, required: true },
    transferSyntaxUid: { type: String, required: true },
    sizeBytes: count,
    checksum: { type: String, required: true },
    path: { type: String, required: true },
    startedAt: { type: Date, required: true },
    storedAt: { type: Date, required: true },
    from: { type: String, default: '' },
  },
  { versionKey: false, collection: 'pacsinstances' },
);
instanceSchema.index({ seriesUid: 1, number: 1, _id: 1 });
instanceSchema.index({ studyUid: 1 });
export const InstanceModel = model('PacsInstance', instanceSchema);

/** Other content under a known UID: kept aside, reported, never in place of what was there. */
export interface ConflictRow {
  _id: Types.ObjectId;
  instanceUid: string;
  studyUid: string;
  checksum: string;
  sizeBytes: number;
  path: string;
  at: Date;
  from: string;
}

const conflictSchema = new Schema<ConflictRow>(
  {
    instanceUid: { type: String, required: true },
    studyUid: { type: String, required: true },
    checksum: { type: String, required: true },
    sizeBytes: count,
    path: { type: String, required: true },
    at: { type: Date, required: true },
    from: { type: String, default: '' },
  },
  { versionKey: false, collection: 'pacsconflicts' },
);
conflictSchema.index({ instanceUid: 1, checksum: 1 }, { unique: true });
export const ConflictModel = model('PacsConflict', conflictSchema);
