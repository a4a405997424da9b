import { z } from 'zod';
import { endpoint } from '../http.ts';
import { Id, IdParams, PageQuery, Version, pageOf } from '../schemas.ts';
import {
  ChangeDossier,
  CreateDossier,
  Dossier,
  DossierCard,
  DossiersQuery,
  EndSession,
  HistoryEntry,
  Move,
  MoveDossier,
  PlanFields,
  PrescriptionFields,
  Sign,
  StartSession,
  TickItem,
} from './schemas.ts';
import { ItemCode, Workflow } from './workflow-schemas.ts';

export const readWorkflowCall = endpoint({
  method: 'get',
  path: '/api/workflow',
  summary: 'The workflow in force: transitions, roles, items',
  reply: Workflow,
});

export const listDossiersCall = endpoint({
  method: 'get',
  path: '/api/dossiers',
  summary: 'Cards of dossiers, the longest in their status first; closed ones only with status=CLOTURE, the last closed first',
  query: DossiersQuery,
  reply: pageOf(DossierCard),
});

export const createDossierCall = endpoint({
  method: 'post',
  path: '/api/dossiers',
  summary: 'Creates a dossier in À préparer',
  body: CreateDossier,
  reply: Dossier,
  status: 201,
});

export const readDossierCall = endpoint({
  method: 'get',
  path: '/api/dossiers/:id',
  summary: 'One dossier; its opening is audited',
  params: IdParams,
  reply: Dossier,
});

export const changeDossierCall = endpoint({
  method: 'patch',
  path: '/api/dossiers/:id',
  summary: 'Changes machine, priority, pathology, protocol, referring physician or tags',
  params: IdParams,
  body: ChangeDossier,
  reply: Dossier,
});

export const listMovesCall = endpoint({
  method: 'get',
  path: '/api/dossiers/:id/moves',
  summary: 'Every step from here, with all the reasons why the caller may not make it',
  params: IdParams,
  reply: z.array(Move),
});

export const moveDossierCall = endpoint({
  method: 'post',
  path: '/api/dossiers/:id/transition',
  summary: 'Moves a dossier; 409 dossier.changed on a stale version, 422 dossier.transition with every unmet condition',
  params: IdParams,
  body: MoveDossier,
  reply: Dossier,
});

export const undoMoveCall = endpoint({
  method: 'post',
  path: '/api/dossiers/:id/undo',
  summary: "Takes back the caller's own last move within 10 s, if nothing changed since",
  params: IdParams,
  body: z.strictObject({ version: Version }),
  reply: Dossier,
});

export const tickItemCall = endpoint({
  method: 'put',
  path: '/api/dossiers/:id/items/:code',
  summary: 'Ticks or unticks an item',
  params: z.strictObject({ id: Id, code: ItemCode }),
  body: TickItem,
  reply: Dossier,
});

export const signCall = endpoint({
  method: 'post',
  path: '/api/dossiers/:id/signatures',
  summary: "Signs an item with the signer's password; keeps the hash of what was signed",
  params: IdParams,
  body: Sign,
  reply: Dossier,
});

export const writePrescriptionCall = endpoint({
  method: 'put',
  path: '/api/dossiers/:id/prescription',
  summary: 'Writes the whole prescription; breaks signatures of what it changes',
  params: IdParams,
  body: z.strictObject({ ...PrescriptionFields.shape, version: Version }).superRefine((body, ctx) => {
    const { version: _, ...fields } = body;
    const checked = PrescriptionFields.safeParse(fields);
    for (const issue of checked.error?.issues ?? []) ctx.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  }),
  reply: Dossier,
});

export const writePlanCall = endpoint({
  method: 'put',
  path: '/api/dossiers/:id/plan',
  summary: 'Writes the whole plan with its results; breaks signatures of what it changes',
  params: IdParams,
  body: z.strictObject({ ...PlanFields.shape, version: Version }),
  reply: Dossier,
});

export const startSessionCall = endpoint({
  method: 'post',
  path: '/api/dossiers/:id/sessions',
  summary: 'Starts the next session; 422 dossier.session with every unmet condition',
  params: IdParams,
  body: StartSession,
  reply: Dossier,
  status: 201,
});

export const endSessionCall = endpoint({
  method: 'patch',
  path: '/api/dossiers/:id/sessions/:number',
  summary: 'Ends a started session',
  params: z.strictObject({ id: Id, number: z.coerce.number().int().positive() }),
  body: EndSession,
  reply: Dossier,
});

export const listHistoryCall = endpoint({
  method: 'get',
  path: '/api/dossiers/:id/history',
  summary: 'The history of a dossier, newest first',
  params: IdParams,
  query: PageQuery,
  reply: pageOf(HistoryEntry),
});
