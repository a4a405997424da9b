import { Types } from 'mongoose';
import type { ChangeDossier, CreateDossier, Dossier, Move, MoveDossier } from '#shared/dossiers/schemas.ts';
import { ITEMS, type ItemCode } from '#shared/dossiers/statuses.ts';
import { type Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { revokedBy, stepsFrom } from '#shared/dossiers/workflow.ts';
import { gateOf } from '#shared/qa/lights.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { isActive, machineName } from '#server/domains/machines/index.ts';
import { findPatient } from '#server/domains/patients/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { signal } from '#server/platform/signal.ts';
import { CounterModel, DossierModel, type BeforeMove, type DossierRow, type SignatureRow, type TickRow } from './model.ts';
import { actOf, hasWords, refuseUnless, roleOf, unmetForMove } from './policy.ts';
import { searchKey, searchKeysOf } from './search.ts';
import { announce, changeDossier, dueFrom, readerView, standingOf, undoable, UNDO_MS, withDerived, type Change } from './write.ts';

/** A dossier was created; published inside the act. */
export const dossierCreated = signal<{ dossier: string; patient: Pick<Patient, 'id' | 'ipp'> }>('dossier.created');

/** Creates a dossier in À préparer: that is no move, whoever may create one may. */
export async function createDossier(ctx: Context, { patientId, ...fields }: CreateDossier): Promise<Dossier> {
  return ctx.atomically('dossiers', async () => {
    const patient = await findPatient(patientId);
    if (!patient) throw new Invalid([{ where: 'body', path: 'patientId', message: 'there is no such patient' }]);
    refuseUnknownMachine(ctx, fields.machineId);
    const at = ctx.now();
    const { version: _, ...copy } = patient;
    const number = await nextNumber();
    const row = withDerived({
      _id: new Types.ObjectId(),
      number,
      version: 1,
      status: 'A_PREPARER',
      open: true,
      cleared: true,
      enteredAt: at,
      createdAt: at,
      createdBy: ctx.actor.name,
      dueAt: null,
      priority: fields.priority ?? 'normal',
      patient: copy,
      machineId: fields.machineId ?? null,
      tags: fields.tags ?? [],
      ...textsOf(fields),
      ticks: [],
      signatures: [],
      prescription: null,
      plan: null,
      sessionList: [],
      path: [{ status: 'A_PREPARER', enteredAt: at, by: ctx.actor.name }],
      searchKeys: searchKeysOf(number, copy),
    });
    await DossierModel.create([row]);
    const standing = await standingOf(ctx, row._id.toHexString());
    await announce(ctx, standing, { what: 'dossier.created', set: {}, to: 'A_PREPARER' });
    await dossierCreated.publish(ctx, { dossier: row._id.toHexString(), patient: copy });
    return readerView(ctx, standing);
  });
}

/** Changes what a person writes of a dossier himself: machine, priority, words for the board. */
export async function editDossier(ctx: Context, id: string, { version, ...fields }: ChangeDossier): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, ({ row }) => {
    refuseUnknownMachine(ctx, fields.machineId === row.machineId ? null : fields.machineId);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<DossierRow>; // the schema's own names
    return {
      what: 'dossier.changed',
      subject: Object.keys(given).join(','),
      set: { ...given, ...textsOf({ ...row, ...given }) },
    };
  });
}

/**
 * Moves a dossier to another status and records who moved it.
 *
 * The write is conditional on the version the user saw: when two people drag the same card, the second is told (409 `dossier.changed`)
 * instead of silently undoing the first.
 */
export async function moveDossier(ctx: Context, id: string, move: MoveDossier): Promise<Dossier> {
  return changeDossier(ctx, { id, version: move.version, evenClosed: true }, ({ row, workflow, light }) => {
    const ticks = [...row.ticks, ...ticksOnTheWay(ctx, workflow, row, move.context)];
    const unmet = unmetForMove(
      ctx,
      workflow,
      { ...row, ticks },
      { target: move.target, light: gateOf(light, ctx.now()), comment: move.comment },
    );
    refuseUnless(ctx, 'dossier.transition', unmet);
    const revoked = standingItems(row, revokedBy(workflow, row.status, move.target));
    const at = ctx.now();
    return {
      what: 'dossier.moved',
      from: row.status,
      to: move.target,
      comment: hasWords(move.comment) ? move.comment : undefined,
      revoked,
      before: beforeOf(row),
      ...(move.target === 'EN_TRAITEMENT' ? { subject: `qa_machine_jour:${light.light}@${light.asOf ?? ''}` } : {}),
      set: {
        status: move.target,
        enteredAt: at,
        dueAt: dueFrom(workflow, move.target, at),
        ticks: ticks.filter((tick) => !revoked.includes(tick.code)),
        signatures: endSignatures(ctx, row.signatures, revoked),
        path: [...row.path.filter((step) => step.status !== move.target), { status: move.target, enteredAt: at, by: ctx.actor.name }],
      },
    };
  });
}

/** Takes back one's own last move within 10 s, if nothing changed since: everything is as it was, without a comment. */
export async function undoMove(ctx: Context, id: string, version: number): Promise<Dossier> {
  return changeDossier(ctx, { id, version, evenClosed: true }, async ({ row }): Promise<Change> => {
    const move = await undoable(ctx, row);
    if (!move?.before) return refused(ctx, 'undo_nothing');
    if (ctx.now().getTime() - move.at.getTime() > UNDO_MS) return refused(ctx, 'undo_late');
    return { what: 'dossier.move-undone', from: row.status, to: move.before.status, set: move.before };
  });
}

/** Every step from where the dossier is, with all the reasons why the reader may not make it, and what a move back revokes. */
export async function movesOf(ctx: Context, id: string): Promise<Move[]> {
  const { row, workflow, light } = await standingOf(ctx, id);
  return stepsFrom(workflow, row.status).map(({ target, direction }) => {
    // The comment is asked for when the move is made: its absence now is no reason against it.
    const unmet = unmetForMove(ctx, workflow, row, { target, light: gateOf(light, ctx.now()), comment: '-' });
    const reasons = inWords(unmet, wordsOf(ctx.locale), machineName);
    return {
      target,
      direction,
      allowed: reasons.length === 0,
      reasons,
      revokes: standingItems(row, revokedBy(workflow, row.status, target)),
    };
  });
}

/** Refuses a machine that is not in the registry or not in service. */
export function refuseUnknownMachine(ctx: Context, machineId: string | null | undefined): void {
  if (typeof machineId === 'string' && !isActive(machineId)) refuseUnless(ctx, 'dossier.machine', [{ rule: 'machine_unknown' }]);
}

function refused(ctx: Context, rule: string): never {
  refuseUnless(ctx, 'dossier.undo', [{ rule }]);
  throw new Error(`${rule} was not refused`);
}

async function nextNumber(): Promise<number> {
  const counter = await CounterModel.findOneAndUpdate(
    { _id: 'dossier' },
    { $inc: { value: 1 } },
    { upsert: true, returnDocument: 'after' },
  ).lean();
  return counter?.value ?? 1;
}

function textsOf(fields: { protocol?: string | null; pathology?: string | null; referringPhysician?: string | null }) {
  const pathology = emptyAsNull(fields.pathology);
  const referringPhysician = emptyAsNull(fields.referringPhysician);
  return {
    protocol: emptyAsNull(fields.protocol),
    pathology,
    referringPhysician,
    pathologyKey: pathology === null ? null : searchKey(pathology),
    physicianKey: referringPhysician === null ? null : searchKey(referringPhysician),
  };
}

function emptyAsNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function beforeOf({ status, enteredAt, dueAt, ticks, signatures, path }: DossierRow): BeforeMove {
  return { status, enteredAt, dueAt, ticks, signatures, path };
}

/** Of some items, those that hold by a tick: only these can be revoked. */
function standingItems(row: DossierRow, codes: readonly ItemCode[]): ItemCode[] {
  return codes.filter((code) => row.ticks.some((tick) => tick.code === code));
}

/** Ends the signatures that stand for items; they stay to be read. */
export function endSignatures(
  ctx: Context,
  signatures: readonly SignatureRow[],
  items: readonly ItemCode[],
  why: 'revoked' | 'broken' | 'replaced' = 'revoked',
): SignatureRow[] {
  return signatures.map((signature) =>
    signature.ended === null && items.includes(signature.item)
      ? { ...signature, ended: { why, by: ctx.actor.name, at: ctx.now() } }
      : signature,
  );
}

/** The prototype's `contexte`: of the items named true, those that the caller may tick by hand and that are not ticked yet. */
function ticksOnTheWay(ctx: Context, workflow: Workflow, row: DossierRow, context: Record<string, unknown> | undefined): TickRow[] {
  if (!context) return [];
  const wanted = ITEMS.filter((code) => context[code] === true && !row.ticks.some((tick) => tick.code === code));
  return wanted
    .filter((code) => workflow.items[code].kind === 'manual' && workflow.items[code].tickedBy.includes(roleOf(ctx)))
    .map((code) => ({ ...actOf(ctx), code, evidence: null, comment: null }));
}
