export { mountAudit } from './routes.ts';
export { auditAccess, auditOutside, writeAudit } from './service.ts';
