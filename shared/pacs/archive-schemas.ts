import { z } from 'zod';
import { SEXES } from '../patients/schemas.ts';
import { Day, Id, Instant, PageQuery } from '../schemas.ts';

/** A UID as it is kept: what a sender wrote, at most 64 characters that cannot lead out of a path. */
export const Uid = z.string().regex(/^[0-9A-Za-z.]{1,64}$/, 'a UID has at most 64 digits and points');

/** A patient as a modality wrote him. Dates that are no dates are null; the tag view shows them as sent. */
export const DicomPatient = z.strictObject({
  patientId: z.string(),
  /** As written, components joined by `^`. */
  name: z.string(),
  birthDate: Day.nullable(),
  sex: z.enum(SEXES).nullable(),
});
export type DicomPatient = z.infer<typeof DicomPatient>;

export const ArchivePatient = z.strictObject({
  id: Id,
  ...DicomPatient.shape,
  studies: z.number().int().nonnegative(),
  instances: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  lastAt: Instant,
});
export type ArchivePatient = z.infer<typeof ArchivePatient>;

/** Why a study waits to be attached. */
export const WAITING_REASONS = ['no-patient-id', 'no-such-ipp', 'identity', 'no-dossier', 'several-dossiers', 'two-patients'] as const;
export const WaitingReason = z.enum(WAITING_REASONS);
export type WaitingReason = z.infer<typeof WaitingReason>;

/** Where a study stands in the workflow. `pending`: it has just begun and is being judged. */
export const Attachment = z.strictObject({
  state: z.enum(['pending', 'attached', 'waiting', 'dismissed']),
  reason: WaitingReason.nullable(),
  dossier: Id.nullable(),
  /** Our patient of that IPP, when there is one. */
  patient: Id.nullable(),
  by: z.string().nullable(),
  at: Instant.nullable(),
});
export type Attachment = z.infer<typeof Attachment>;

export const RT_KINDS = ['RTSTRUCT', 'RTPLAN', 'RTDOSE'] as const;
export const RtKind = z.enum(RT_KINDS);
export type RtKind = z.infer<typeof RtKind>;

/** A structure set, plan or dose of a study. */
export const RtObject = z.strictObject({
  kind: RtKind,
  seriesUid: z.string(),
  instanceUid: z.string(),
  label: z.string().nullable(),
  at: Instant,
});
export type RtObject = z.infer<typeof RtObject>;

export const Study = z.strictObject({
  uid: z.string(),
  patient: DicomPatient,
  archivePatient: Id,
  date: Day.nullable(),
  time: z.string().nullable(),
  description: z.string().nullable(),
  accessionNumber: z.string().nullable(),
  institution: z.string().nullable(),
  modalities: z.array(z.string()),
  series: z.number().int().nonnegative(),
  instances: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  firstAt: Instant,
  lastAt: Instant,
  /** Whether 60 s have passed without an instance. */
  complete: z.boolean(),
  /** Who sent it. */
  from: z.string(),
  attachment: Attachment,
  /** Instances of another patient came under the same study UID. */
  mixed: z.boolean(),
  /** At most 100, newest first. */
  rtObjects: z.array(RtObject),
});
export type Study = z.infer<typeof Study>;

export const Series = z.strictObject({
  uid: z.string(),
  studyUid: z.string(),
  number: z.number().int().nullable(),
  modality: z.string().nullable(),
  description: z.string().nullable(),
  bodyPart: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  station: z.string().nullable(),
  instances: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  firstAt: Instant,
  lastAt: Instant,
});
export type Series = z.infer<typeof Series>;

export const Instance = z.strictObject({
  uid: z.string(),
  studyUid: z.string(),
  seriesUid: z.string(),
  number: z.number().int().nullable(),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string(),
  sizeBytes: z.number().nonnegative(),
  /** SHA-256 of the data set's bytes as received. */
  checksum: z.string(),
  startedAt: Instant,
  storedAt: Instant,
  from: z.string(),
});
export type Instance = z.infer<typeof Instance>;

/** A line of the tag view. Values of identity tags are null and `hidden` for who may not see them; long and binary ones are shortened to words. */
export const Tag = z.strictObject({
  /** `00100010`. */
  tag: z.string(),
  keyword: z.string().nullable(),
  vr: z.string(),
  /** How deep in sequences; 0 at the top. */
  depth: z.number().int().nonnegative(),
  value: z.string().nullable(),
  hidden: z.boolean(),
});
export type Tag = z.infer<typeof Tag>;

/** `q` searches the start of PatientID and of the names, without accents and case. */
export const ArchivePatientsQuery = PageQuery.extend({ q: z.string().trim().max(100).optional() });
export type ArchivePatientsQuery = z.infer<typeof ArchivePatientsQuery>;

/** `q` searches PatientID, names, accession number and the study UID. */
export const StudiesQuery = PageQuery.extend({
  q: z.string().trim().max(100).optional(),
  patient: Id.optional(),
  dossier: Id.optional(),
  modality: z.string().trim().max(16).optional(),
  from: Day.optional(),
  to: Day.optional(),
});
export type StudiesQuery = z.infer<typeof StudiesQuery>;

export const UidParams = z.strictObject({ uid: Uid });
export const AttachStudy = z.strictObject({ dossierId: Id });
export type AttachStudy = z.infer<typeof AttachStudy>;
