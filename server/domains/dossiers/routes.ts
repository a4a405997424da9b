import {
  changeDossierCall,
  createDossierCall,
  endSessionCall,
  listDossiersCall,
  listHistoryCall,
  listMovesCall,
  moveDossierCall,
  readDossierCall,
  readWorkflowCall,
  signCall,
  startSessionCall,
  tickItemCall,
  undoMoveCall,
  writePlanCall,
  writePrescriptionCall,
} from '#shared/dossiers/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { sign, tickItem } from './items.ts';
import { listDossiers, listHistory, readDossier } from './queries.ts';
import { createDossier, editDossier, moveDossier, movesOf, undoMove } from './service.ts';
import { endSession, startSession, writePlan, writePrescription } from './treatment.ts';
import { currentWorkflow } from './workflow-store.ts';

/** Mounts the calls on dossiers. */
export function mountDossiers(api: Api): void {
  serve(api, readWorkflowCall, 'workflow:read', () => currentWorkflow());
  serve(api, listDossiersCall, 'dossiers:read', (ctx, { query }) => listDossiers(ctx, query));
  serve(api, createDossierCall, 'dossiers:create', (ctx, { body }) => createDossier(ctx, body));
  serve(api, readDossierCall, 'dossiers:read', (ctx, { params }) => readDossier(ctx, params.id));
  serve(api, changeDossierCall, 'dossiers:write', (ctx, { params, body }) => editDossier(ctx, params.id, body));
  serve(api, listMovesCall, 'dossiers:read', (ctx, { params }) => movesOf(ctx, params.id));
  serve(api, moveDossierCall, 'dossiers:move', (ctx, { params, body }) => moveDossier(ctx, params.id, body));
  serve(api, undoMoveCall, 'dossiers:move', (ctx, { params, body }) => undoMove(ctx, params.id, body.version));
  serve(api, tickItemCall, 'dossiers:tick', (ctx, { params, body }) => tickItem(ctx, params.id, params.code, body));
  serve(api, signCall, 'dossiers:sign', (ctx, { params, body }) => sign(ctx, params.id, body));
  serve(api, writePrescriptionCall, 'prescription:write', (ctx, { params, body: { version, ...fields } }) =>
    writePrescription(ctx, params.id, version, fields),
  );
  serve(api, writePlanCall, 'plan:write', (ctx, { params, body: { version, ...fields } }) => writePlan(ctx, params.id, version, fields));
  serve(api, startSessionCall, 'sessions:run', (ctx, { params, body }) => startSession(ctx, params.id, body));
  serve(api, endSessionCall, 'sessions:run', (ctx, { params, body }) => endSession(ctx, params.id, params.number, body));
  serve(api, listHistoryCall, 'dossiers:read', (ctx, { params, query }) => listHistory(ctx, params.id, query));
}
