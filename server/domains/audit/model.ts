import { Schema, model, type Types } from 'mongoose';
import type { Role } from '#shared/roles.ts';

/** A line of the audit log. Nothing in the code changes or deletes one. */
export interface AuditRow {
  _id: Types.ObjectId;
  at: Date;
  /** Name of who acted, as it was then. */
  actor: string;
  /** The name in lower case without accents, for the filter. */
  actorKey: string;
  actorId: string | null;
  role: Role | null;
  action: string;
  subject: string | null;
  from: string;
  details: Record<string, unknown>;
  /** What tells one access from another within its window; only openings and lists have it. */
  accessKey?: string;
}

const auditSchema = new Schema<AuditRow>(
  {
    at: { type: Date, required: true },
    actor: { type: String, required: true },
    actorKey: { type: String, required: true },
    actorId: { type: String, default: null },
    role: { type: String, default: null },
    action: { type: String, required: true },
    subject: { type: String, default: null },
    from: { type: String, required: true },
    details: { type: Schema.Types.Mixed, required: true },
    accessKey: { type: String },
  },
  { versionKey: false, minimize: false, collection: 'audit' },
);
// Every list is newest first; the filters that narrow most come before it.
auditSchema.index({ at: -1, _id: -1 });
auditSchema.index({ actorKey: 1, at: -1, _id: -1 });
auditSchema.index({ actorId: 1, at: -1, _id: -1 });
auditSchema.index({ subject: 1, at: -1, _id: -1 });
auditSchema.index({ action: 1, at: -1, _id: -1 });
auditSchema.index({ accessKey: 1 }, { unique: true, partialFilterExpression: { accessKey: { $type: 'string' } } });
export const AuditModel = model('Audit', auditSchema);
