import { identityOf } from '#shared/pacs/rules.ts';
import type { Study } from '#shared/pacs/schemas.ts';
import { findPatientByIpp } from '#server/domains/patients/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import type { NewEvent } from '#server/platform/events.ts';
import { InstanceModel, StudyModel, type AttachmentRow, type StudyRow } from './model.ts';
import { presentStudy } from './present.ts';
import { structuresArrived, studyArrived, studyAttached, studyCompleted, type ArrivalOutcome } from './signals.ts';

const RTSTRUCT_CLASS = '1.2.840.10008.5.1.4.1.1.481.3';
/** An act on a study may tick an item: it waits in the queue of acts on dossiers. */
const QUEUE = 'dossiers';

/**
 * Decides what becomes of a study that arrives: one dossier takes it, or it waits to be attached, with the reason. Judging it again (structures or first
 * images came) brings its dossier what is new. Does nothing twice.
 */
export async function judgeStudy(ctx: Context, uid: string): Promise<void> {
  await ctx.atomically(QUEUE, async () => {
    const row = await StudyModel.findById(uid).lean();
    if (!row) return;
    if (row.attachment.state === 'pending' || isToJudgeAgain(row)) await settle(ctx, row);
    else if (row.attachment.dossier !== null) await bring(ctx, row, row.attachment.dossier);
  });
}

/**
 * Attaches a study to a dossier by hand, whatever its identity says: the person sees both. The dossier's item is ticked as him.
 *
 * @throws Conflict `study.attached` with the dossier that has it.
 */
export async function attachStudy(ctx: Context, uid: string, dossier: string): Promise<Study> {
  return ctx.atomically(QUEUE, async () => {
    const before = await StudyModel.findById(uid).lean();
    if (!before) throw new NotFound('study');
    const attachment: AttachmentRow = { ...before.attachment, state: 'attached', reason: null, dossier, by: ctx.actor.name, at: ctx.now() };
    const row = await StudyModel.findOneAndUpdate(
      { _id: uid, 'attachment.state': { $ne: 'attached' } },
      { $set: { attachment } },
      { returnDocument: 'after' },
    ).lean();
    if (!row) throw new Conflict('study.attached', { dossier: before.attachment.dossier });
    await studyAttached.publish(ctx, { studyUid: uid, dossier, images: row.images });
    await bringStructures(ctx, row, dossier);
    await ctx.record({
      action: 'study.attached',
      subject: `study:${uid}`,
      details: { dossier, waitedFor: before.attachment.reason },
      live: studyEvents([row]),
    });
    return presentStudy(row);
  });
}

/** Completes a study to which no instance came for a while; false when one came meanwhile. */
export async function completeStudy(ctx: Context, uid: string, quietSince: Date): Promise<boolean> {
  return ctx.atomically(QUEUE, async () => {
    const row = await StudyModel.findOneAndUpdate(
      { _id: uid, complete: false, lastAt: { $lte: quietSince } },
      { $set: { complete: true } },
      { returnDocument: 'after' },
    ).lean();
    if (!row) return false;
    await studyCompleted.publish(ctx, { studyUid: uid, dossier: row.attachment.dossier });
    return true;
  });
}

/** What watchers are told of studies. */
export function studyEvents(rows: readonly StudyRow[]): NewEvent[] {
  if (rows.length === 0) return [];
  const studies = rows.map(presentStudy);
  return [
    { topic: 'pacs', type: 'pacs:studies', data: { changed: studies } },
    ...studies.map((study): NewEvent => ({ topic: `study:${study.uid}`, type: 'study:changed', data: { study } })),
  ];
}

/** A study that waits is judged anew when a patient or dossier it may belong to was created or corrected. */
function isToJudgeAgain({ attachment, judgeAgain }: StudyRow): boolean {
  return attachment.state === 'waiting' && judgeAgain === true;
}

async function settle(ctx: Context, row: StudyRow): Promise<void> {
  const before = row.attachment;
  const { outcome, patient } = await outcomeOf(ctx, row);
  const decided = { patient, by: ctx.actor.name, at: ctx.now() };
  const attachment: AttachmentRow =
    'dossier' in outcome
      ? { ...decided, state: 'attached', reason: null, dossier: outcome.dossier }
      : { ...decided, state: 'waiting', reason: outcome.reason, dossier: null };
  const news = attachment.state !== before.state || attachment.reason !== before.reason || attachment.patient !== before.patient;
  await StudyModel.updateOne(
    { _id: row._id, 'attachment.state': before.state },
    { ...(news ? { $set: { attachment } } : {}), $unset: { judgeAgain: true } },
  );
  if (!news) return;
  if (attachment.dossier !== null) await bringStructures(ctx, row, attachment.dossier);
  await ctx.record({
    action: attachment.state === 'attached' ? 'study.attached' : 'study.waiting',
    subject: `study:${row._id}`,
    details: attachment.dossier === null ? { reason: attachment.reason } : { dossier: attachment.dossier },
  });
}

async function outcomeOf(ctx: Context, row: StudyRow): Promise<{ outcome: ArrivalOutcome; patient: string | null }> {
  const { patientId } = row.patient;
  const known = patientId.trim() === '' ? undefined : await findPatientByIpp(patientId);
  const patient = known?.id ?? null;
  if (row.mixed) return { outcome: { reason: 'two-patients' }, patient };
  if (patientId.trim() === '') return { outcome: { reason: 'no-patient-id' }, patient };
  if (!known) return { outcome: { reason: 'no-such-ipp' }, patient };
  if (identityOf(row.patient, known) !== 'agrees') return { outcome: { reason: 'identity' }, patient };
  const said: { outcome: ArrivalOutcome } = { outcome: { reason: 'no-dossier' } };
  await studyArrived.publish(ctx, {
    studyUid: row._id,
    patient: known.id,
    images: row.images,
    settle: (outcome) => void (said.outcome = outcome),
  });
  return { outcome: said.outcome, patient };
}

async function bring(ctx: Context, row: StudyRow, dossier: string): Promise<void> {
  if (row.images) await studyAttached.publish(ctx, { studyUid: row._id, dossier, images: true });
  await bringStructures(ctx, row, dossier);
}

/** The latest structure set of a study, from its instances: the study's own list follows a moment later. */
async function bringStructures(ctx: Context, row: StudyRow, dossier: string): Promise<void> {
  const latest = await InstanceModel.findOne({ studyUid: row._id, sopClassUid: RTSTRUCT_CLASS }).sort({ storedAt: -1 }).lean();
  if (latest) await structuresArrived.publish(ctx, { dossier, instanceUid: latest._id });
}
