import type { Dossier, EndSession, PlanFields, PrescriptionFields, StartSession } from '#shared/dossiers/schemas.ts';
import { unmetHardRules, type Unmet } from '#shared/dossiers/workflow.ts';
import { gateOf } from '#shared/qa/lights.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound } from '#server/platform/errors.ts';
import { breakSignatures } from './items.ts';
import type { DossierRow } from './model.ts';
import { actOf, hasWords, refuseUnless } from './policy.ts';
import { clearanceOf, sessionCount } from './present.ts';
import { refuseUnknownMachine } from './service.ts';
import { changeDossier, type Standing } from './write.ts';

/** Writes the whole prescription; signatures of what it changes break visibly. */
export async function writePrescription(ctx: Context, id: string, version: number, fields: PrescriptionFields): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, ({ row }) => {
    const prescription = { ...fields, revision: (row.prescription?.revision ?? 0) + 1, written: actOf(ctx) };
    const { broken, ...signed } = breakSignatures(ctx, row, { prescription, plan: row.plan });
    return { what: 'prescription.written', revoked: broken, set: { prescription, ...signed } };
  });
}

/** Writes the whole plan with one result per constraint of the prescription; signatures of what it changes break visibly. */
export async function writePlan(ctx: Context, id: string, version: number, fields: PlanFields): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, ({ row }) => {
    refuseUnknownMachine(ctx, fields.machineId);
    const constraints = row.prescription?.constraints.length ?? 0;
    if (fields.results.length !== constraints) refuseUnless(ctx, 'dossier.plan', [{ rule: 'constraints_count' }]);
    const plan = { ...fields, revision: (row.plan?.revision ?? 0) + 1, written: actOf(ctx) };
    const { broken, ...signed } = breakSignatures(ctx, row, { prescription: row.prescription, plan });
    // A plan says where it is to be delivered: a dossier without a machine takes the plan's.
    return { what: 'plan.written', revoked: broken, set: { plan, machineId: row.machineId ?? fields.machineId, ...signed } };
  });
}

/** Starts the next session, unless a hard rule fails, the check-list is not complete, or one is running. */
export async function startSession(ctx: Context, id: string, { checklist, version }: StartSession): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, (standing) => {
    refuseUnless(ctx, 'dossier.session', unmetForSession(standing, checklist, ctx.now()));
    const { row } = standing;
    const number = row.sessionList.length + 1;
    const session: DossierRow['sessionList'][number] = {
      number,
      machine: row.machineId ?? '',
      checklist,
      status: 'started',
      startedAt: ctx.now(),
      startedBy: ctx.actor.name,
      endedAt: null,
      endedBy: null,
      note: null,
    };
    return { what: 'session.started', subject: String(number), set: { sessionList: [...row.sessionList, session] } };
  });
}

/** Ends a started session: done, or interrupted with a note. */
export async function endSession(ctx: Context, id: string, number: number, { status, note, version }: EndSession): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, ({ row }) => {
    const session = row.sessionList.find((one) => one.number === number);
    if (!session) throw new NotFound('session');
    const unmet: Unmet[] = [];
    if (session.status !== 'started') unmet.push({ rule: 'session_ended' });
    if (status === 'interrupted' && !hasWords(note)) unmet.push({ rule: 'note' });
    refuseUnless(ctx, 'dossier.session', unmet);
    const ended = { ...session, status, endedAt: ctx.now(), endedBy: ctx.actor.name, note: hasWords(note) ? note : null };
    return {
      what: status === 'done' ? 'session.done' : 'session.interrupted',
      subject: String(number),
      comment: ended.note ?? undefined,
      set: { sessionList: row.sessionList.map((one) => (one.number === number ? ended : one)) },
    };
  });
}

/** Every condition that the start of a session does not meet. */
function unmetForSession({ row, workflow, light }: Standing, checklist: Readonly<Record<string, boolean>>, at: Date): Unmet[] {
  const unmet: Unmet[] = [];
  if (row.status !== 'EN_TRAITEMENT') unmet.push({ rule: 'status', params: { status: 'EN_TRAITEMENT' } });
  unmet.push(...unmetHardRules(clearanceOf(row), gateOf(light, at)));
  const missing = workflow.sessionChecklist.filter((code) => checklist[code] !== true);
  if (missing.length > 0) unmet.push({ rule: 'checklist', params: { missing } });
  if (row.sessionList.some((session) => session.status === 'started')) unmet.push({ rule: 'session_running' });
  const { done, prescribed } = sessionCount(row);
  if (prescribed !== null && done >= prescribed) unmet.push({ rule: 'fractions' });
  return unmet;
}
