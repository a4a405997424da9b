import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { MachineId, MachineRef } from '../machines/schemas.ts';
import { SEXES } from '../patients/schemas.ts';
import { Day, Id, Instant, Line, PageQuery, Role, Text, Version } from '../schemas.ts';
import { PRIORITIES } from './statuses.ts';
import { EvidenceKind, ItemCode, ItemKind, SignedItem, Status } from './workflow-schemas.ts';

export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

/** Who did something, in which role, when. */
export const Act = z.strictObject({ by: z.string(), role: Role.nullable(), at: Instant });
export type Act = z.infer<typeof Act>;

/** An item to tick: who may, whether it holds, who ticked it, with what evidence. */
export const Item = z.strictObject({
  code: ItemCode,
  label: z.string(),
  kind: ItemKind,
  /** The status whose entry needs it, or for which it is optional. */
  status: Status,
  required: z.boolean(),
  tickedBy: z.array(Role),
  evidenceKind: EvidenceKind,
  evidenceRequired: z.boolean(),
  done: z.boolean(),
  by: z.string().nullable(),
  role: Role.nullable(),
  at: Instant.nullable(),
  evidence: z.string().nullable(),
  comment: z.string().nullable(),
});
export type Item = z.infer<typeof Item>;

/** What the hard rules need to know; see `workflow.ts`. */
export const ClearanceSchema = z.strictObject({
  prescription: z.enum(['absent', 'unsigned', 'signed']),
  dosimetryQaSigned: z.boolean(),
  oncologistSigned: z.boolean(),
  machine: MachineId.nullable(),
});

/** A patient as a card shows him. */
export const CardPatient = z.strictObject({
  id: Id,
  ipp: z.string(),
  lastName: z.string(),
  firstName: z.string(),
  birthDate: Day,
  sex: z.enum(SEXES),
});

/** A dossier as a board shows it. Clinical fields are null for a reader without the right to them. */
export const DossierCard = z.strictObject({
  id: Id,
  number: z.number().int().positive(),
  version: Version,
  status: Status,
  enteredAt: Instant,
  createdAt: Instant,
  /** When the stay in this status becomes too long; null where there is no maximum. */
  dueAt: Instant.nullable(),
  priority: Priority,
  patient: CardPatient,
  machine: MachineRef.nullable(),
  protocol: z.string().nullable(),
  pathology: z.string().nullable(),
  referringPhysician: z.string().nullable(),
  tags: z.array(z.string()),
  clearance: ClearanceSchema,
  /** What blocks it, as of this answer; a client computes it anew when a light or the clock moves on. */
  blocked: z.array(Refusal),
  sessions: z.strictObject({ done: z.number().int(), prescribed: z.number().int().nullable() }),
});
export type DossierCard = z.infer<typeof DossierCard>;

/** A dose constraint with its limit, as the prescription states it; the plan gives the result. */
export const Constraint = z.strictObject({
  organ: Line,
  metric: Line,
  limit: z.number().nonnegative(),
  unit: z.enum(['Gy', '%', 'cm3']),
});

const DOSE_AGREEMENT = 0.01;

/** Fields of a prescription. `totalDoseGy` = `fractions` × `dosePerFractionGy` within 1 %. */
export const PrescriptionFields = z
  .strictObject({
    intent: z.enum(['curative', 'palliative', 'benign']),
    site: Line,
    laterality: z.enum(['left', 'right', 'bilateral', 'none']),
    protocol: z.string().trim().max(200).default(''),
    technique: Line,
    totalDoseGy: z.number().positive().max(200),
    fractions: z.number().int().positive().max(100),
    dosePerFractionGy: z.number().positive().max(50),
    constraints: z.array(Constraint).max(100).default([]),
    orderDocument: z.string().trim().max(200).default(''),
    plannedStart: Day,
  })
  .refine((p) => Math.abs(p.fractions * p.dosePerFractionGy - p.totalDoseGy) <= DOSE_AGREEMENT * p.totalDoseGy, {
    path: ['totalDoseGy'],
    message: 'dose',
  });
export type PrescriptionFields = z.infer<typeof PrescriptionFields>;

/** Fields of a plan; `results` stand in the order of the prescription's constraints. */
export const PlanFields = z.strictObject({
  name: Line,
  technique: Line,
  machineId: MachineId,
  results: z
    .array(z.strictObject({ value: z.number().nonnegative(), met: z.boolean() }))
    .max(100)
    .default([]),
  rtPlanUid: z
    .string()
    .regex(/^[0-9.]{1,64}$/, 'a UID has digits and points, at most 64')
    .optional(),
  notes: Text.default(''),
});
export type PlanFields = z.infer<typeof PlanFields>;

const versioned = { revision: z.number().int().positive(), written: Act };
export const Prescription = z.strictObject({ ...PrescriptionFields.shape, ...versioned });
export const Plan = z.strictObject({ ...PlanFields.shape, ...versioned });

export const SESSION_STATES = ['planned', 'started', 'done', 'interrupted', 'missed'] as const;
export const Session = z.strictObject({
  number: z.number().int().positive(),
  machine: MachineId,
  checklist: z.record(z.string(), z.boolean()),
  status: z.enum(SESSION_STATES),
  startedAt: Instant,
  startedBy: z.string(),
  endedAt: Instant.nullable(),
  endedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type Session = z.infer<typeof Session>;

/** A signed act: never edited, revoked by a new act, or broken when what was signed changed. `hash` is SHA-256 of its canonical JSON. */
export const Signature = z.strictObject({
  item: SignedItem,
  by: z.string(),
  role: Role,
  at: Instant,
  comment: z.string().nullable(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  ended: z.strictObject({ why: z.enum(['revoked', 'broken', 'replaced']), by: z.string(), at: Instant }).nullable(),
});
export type Signature = z.infer<typeof Signature>;

/** What the application proposes to tick because something arrived; a person of the item's roles ticks it, or not. */
export const Proposal = z.strictObject({ item: ItemCode, evidence: z.string(), at: Instant });
export type Proposal = z.infer<typeof Proposal>;

/** A whole dossier. */
export const Dossier = z.strictObject({
  ...DossierCard.shape,
  items: z.array(Item),
  signatures: z.array(Signature),
  prescription: Prescription.nullable(),
  plan: Plan.nullable(),
  sessionList: z.array(Session),
  /** The statuses it went through: when each was entered last. */
  path: z.array(z.strictObject({ status: Status, enteredAt: Instant, by: z.string() })),
  createdBy: z.string(),
  proposals: z.array(Proposal).default([]),
  /** The reader's own last move, while it can be taken back: until when. */
  undoUntil: Instant.nullable(),
});
export type Dossier = z.infer<typeof Dossier>;

/** What a person writes of a dossier himself. */
export const DossierFields = z.strictObject({
  machineId: MachineId.nullable().optional(),
  protocol: z.string().trim().max(200).nullable().optional(),
  pathology: z.string().trim().max(200).nullable().optional(),
  referringPhysician: z.string().trim().max(200).nullable().optional(),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
  priority: Priority.optional(),
});
export const CreateDossier = DossierFields.extend({ patientId: Id });
export type CreateDossier = z.infer<typeof CreateDossier>;
export const ChangeDossier = DossierFields.extend({ version: Version });
export type ChangeDossier = z.infer<typeof ChangeDossier>;

const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

/** Filters of the board. `q` searches number, IPP and names; `mine`: the next forward move is my role's. */
export const DossiersQuery = PageQuery.extend({
  status: Status.optional(),
  machine: MachineId.optional(),
  priority: Priority.optional(),
  pathology: z.string().trim().max(200).optional(),
  physician: z.string().trim().max(200).optional(),
  tag: z.string().trim().max(40).optional(),
  patient: Id.optional(),
  q: z.string().trim().max(100).optional(),
  mine: flag.optional(),
  blocked: flag.optional(),
});
export type DossiersQuery = z.infer<typeof DossiersQuery>;

/** One possible step, with every reason why it is refused to the reader, and what it revokes. */
export const Move = z.strictObject({
  target: Status,
  direction: z.enum(['forward', 'back']),
  allowed: z.boolean(),
  reasons: z.array(Refusal),
  revokes: z.array(ItemCode),
});
export type Move = z.infer<typeof Move>;

const MoveWords = z.strictObject({
  target: Status,
  version: Version,
  comment: Text.optional(),
  /** The prototype's `contexte`: items that the move ticks on the way, those that the caller may tick. */
  context: z.record(z.string(), z.unknown()).optional(),
});

/** A step to another status. The prototype's `{ cible, contexte, commentaire }` is accepted as an alias. */
export const MoveDossier = z.preprocess(fromPrototype, MoveWords);
export type MoveDossier = z.infer<typeof MoveWords>;

const MOVE_ALIASES: Readonly<Record<string, string>> = { cible: 'target', contexte: 'context', commentaire: 'comment' };

function fromPrototype(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('cible' in body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [MOVE_ALIASES[name] ?? name, value]));
}

export const TickItem = z.strictObject({
  done: z.boolean(),
  version: Version,
  comment: Text.optional(),
  evidence: Text.optional(),
});
export type TickItem = z.infer<typeof TickItem>;

export const Sign = z.strictObject({
  item: SignedItem,
  password: z.string().max(1000),
  comment: Text.optional(),
  version: Version,
});
export type Sign = z.infer<typeof Sign>;

export const StartSession = z.strictObject({ checklist: z.record(z.string(), z.boolean()), version: Version });
export type StartSession = z.infer<typeof StartSession>;
export const EndSession = z.strictObject({
  status: z.enum(['done', 'interrupted']),
  note: Text.optional(),
  version: Version.optional(),
});
export type EndSession = z.infer<typeof EndSession>;

/** A line of a dossier's history. `what` is the fact's name, as `dossier.moved`. */
export const HistoryEntry = z.strictObject({
  id: Id,
  at: Instant,
  by: z.string(),
  role: Role.nullable(),
  what: z.string(),
  from: Status.nullable(),
  to: Status.nullable(),
  subject: z.string().nullable(),
  comment: z.string().nullable(),
  revoked: z.array(ItemCode),
  version: Version,
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** Details of 409 `dossier.changed`: what the dossier is now, and who changed what since the version that the caller saw. */
export const DossierChanged = z.strictObject({
  current: Dossier,
  changes: z.array(
    z.strictObject({ ...Act.shape, what: z.string(), subject: z.string().nullable(), from: Status.nullable(), to: Status.nullable() }),
  ),
});
export type DossierChanged = z.infer<typeof DossierChanged>;
