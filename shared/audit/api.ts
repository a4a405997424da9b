import { endpoint } from '../http.ts';
import { pageOf } from '../schemas.ts';
import { AuditEntry, AuditQuery } from './schemas.ts';

export const listAuditCall = endpoint({
  method: 'get',
  path: '/api/admin/audit',
  summary: 'The audit log, newest first; filters by actor, action, subject and time',
  query: AuditQuery,
  reply: pageOf(AuditEntry),
});
