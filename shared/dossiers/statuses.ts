import { z } from 'zod';
import { Role } from '../roles.ts';

/** The nine statuses, in the order of the path. The codes are fixed; transitions, roles and items are data. Source: `dossiers.md`. */
export const STATUSES = [
  'A_PREPARER',
  'PRESCRIPTION_VALIDEE',
  'CONTOURS_VALIDES',
  'PLAN_EN_REVUE',
  'A_REPRENDRE_CONTOURAGE',
  'PLAN_VALIDE',
  'PRET_POUR_TRAITEMENT',
  'EN_TRAITEMENT',
  'CLOTURE',
] as const;
export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;

/** The statuses of the way forward, in order: À reprendre contourage is a detour, not a step. */
export const PATH: readonly Status[] = STATUSES.filter((status) => status !== 'A_REPRENDRE_CONTOURAGE');

export const ITEMS = [
  'identity_validated',
  'exams_imported',
  'prescription_signed',
  'contours_locked',
  'constraints_documented',
  'independent_check',
  'qa_dosimetrie',
  'signature_oncologue',
  'qa_machine_jour',
  'sessions_completed',
  'final_report',
  'adverse_effects',
  'dosimetric_comparison',
] as const;
export const ItemCode = z.enum(ITEMS);
export type ItemCode = z.infer<typeof ItemCode>;

export const SIGNED_ITEMS = ['prescription_signed', 'qa_dosimetrie', 'signature_oncologue'] as const;
export const SignedItem = z.enum(SIGNED_ITEMS);
export type SignedItem = z.infer<typeof SignedItem>;

/** Whether an item is a signed act. */
export function isSigned(code: ItemCode): code is SignedItem {
  return SIGNED_ITEMS.some((signed) => signed === code);
}

/** How an item comes to hold: ticked by a person, by a signature, or computed and never by hand. */
export const ItemKind = z.enum(['manual', 'signature', 'computed']);
/** What an item's evidence is. */
export const EvidenceKind = z.enum(['document', 'study', 'instance', 'hash', 'constraints', 'light', 'sessions', 'text', 'none']);

export const ItemRule = z.strictObject({
  kind: ItemKind,
  tickedBy: z.array(Role),
  evidence: EvidenceKind,
  /** Ticking it asks for its evidence in words. */
  evidenceRequired: z.boolean(),
});
export type ItemRule = z.infer<typeof ItemRule>;

export const StatusRule = z.strictObject({
  forward: z.array(Status),
  back: z.array(Status),
  required: z.array(ItemCode),
  optional: z.array(ItemCode),
  enter: z.array(Role),
  /** Longest stay in hours before a dossier counts as blocked; null where there is none. */
  maxHours: z.number().positive().nullable(),
});
export type StatusRule = z.infer<typeof StatusRule>;

/** The workflow as it is stored: one version of the table, its items and the pre-session check-list. */
export const Workflow = z.strictObject({
  version: z.number().int().positive(),
  statuses: z.record(Status, StatusRule),
  items: z.record(ItemCode, ItemRule),
  sessionChecklist: z.array(z.string().regex(/^[a-z_]{1,40}$/)),
});
export type Workflow = z.infer<typeof Workflow>;
