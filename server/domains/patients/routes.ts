import { changePatientCall, createPatientCall, listPatientsCall, readPatientCall } from '#shared/patients/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { changePatient, createPatient, listPatients, readPatient } from './service.ts';

/** The calls on patients. */
export function mountPatients(api: Api): void {
  serve(api, listPatientsCall, 'patients:read', (ctx, { query }) => listPatients(ctx, query));
  serve(api, createPatientCall, 'patients:write', (ctx, { body }) => createPatient(ctx, body));
  serve(api, readPatientCall, 'patients:read', (ctx, { params }) => readPatient(ctx, params.id));
  serve(api, changePatientCall, 'patients:write', (ctx, { params, body }) => changePatient(ctx, params.id, body));
}
