import { z } from 'zod';
import { Id, Instant, PageQuery, Role } from '../schemas.ts';

/** Who did what, in which role, when and from where. `subject` names a record by kind and identifier, never by a person's name. */
export const AuditEntry = z.strictObject({
  id: Id,
  at: Instant,
  actor: z.string(),
  role: Role.nullable(),
  action: z.string(),
  subject: z.string().nullable(),
  /** The subject in words for who may read patient names; else null. */
  subjectLabel: z.string().nullable(),
  from: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditQuery = PageQuery.extend({
  actor: z.string().trim().max(100).optional(),
  action: z.string().trim().max(60).optional(),
  subject: z.string().trim().max(100).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
