import type { AuditEntry } from '#shared/audit/schemas.ts';
import type { AuditRow } from './model.ts';

/**
 * A line of the log as it is read. Who reads the log (administrator, manager) may not read patients: a subject is an identifier, never a name.
 */
export function presentEntry(row: AuditRow): AuditEntry {
  return {
    id: row._id.toHexString(),
    at: row.at.toISOString(),
    actor: row.actor,
    role: row.role,
    action: row.action,
    subject: row.subject,
    subjectLabel: null,
    from: row.from,
    details: row.details,
  };
}
