import { z } from 'zod';
import { Role } from '../schemas.ts';
import { ITEMS, SIGNED_ITEMS, STATUSES } from './statuses.ts';

export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;
export const ItemCode = z.enum(ITEMS);
export type ItemCode = z.infer<typeof ItemCode>;
export const SignedItem = z.enum(SIGNED_ITEMS);
export type SignedItem = z.infer<typeof SignedItem>;

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
