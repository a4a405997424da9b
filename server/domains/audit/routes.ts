import { listAuditCall } from '#shared/audit/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { listAudit } from './service.ts';

/** The call that reads the audit log. Nothing writes to it but acts themselves. */
export function mountAudit(api: Api): void {
  serve(api, listAuditCall, 'audit:read', (_ctx, { query }) => listAudit(query));
}
