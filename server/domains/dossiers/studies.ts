import type { ItemCode, Status } from '#shared/dossiers/statuses.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict } from '#server/platform/errors.ts';
import { DossierModel, type DossierRow } from './model.ts';
import { actOf, refuseUnless } from './policy.ts';
import { announce, standingOf, withDerived, type Change } from './write.ts';

/** From En traitement on a study is a follow-up, not the exam that the preparation waits for. */
const TREATED: readonly Status[] = ['EN_TRAITEMENT', 'CLOTURE'];

interface Arrival {
  studyUid: string;
  patient: string;
  images: boolean;
}

/**
 * Takes a study that arrived for a patient: when exactly one of his dossiers is open before En traitement, its `exams_imported` is ticked with the UID as
 * evidence, unless it is ticked already. Source: `dossiers.md`, "A study arrives".
 */
export async function takeStudy(
  ctx: Context,
  { studyUid, patient, images }: Arrival,
): Promise<{ dossier: string } | { reason: 'no-dossier' | 'several-dossiers' }> {
  const open = await DossierModel.find({ 'patient.id': patient, status: { $nin: TREATED } }, { _id: 1 })
    .limit(2)
    .lean();
  const [only] = open;
  if (!only) return { reason: 'no-dossier' };
  if (open.length > 1) return { reason: 'several-dossiers' };
  const dossier = only._id.toHexString();
  if (images) await tickImported(ctx, dossier, studyUid);
  return { dossier };
}

/** A study was attached to a dossier, or images came to one that is: the exams are imported. A closed dossier refuses. */
export async function attachStudyTo(
  ctx: Context,
  { studyUid, dossier, images }: { studyUid: string; dossier: string; images: boolean },
): Promise<void> {
  if (images) await tickImported(ctx, dossier, studyUid);
  else refuseClosed(ctx, (await standingOf(ctx, dossier)).row);
}

/** A structure set arrived: locking the contours is proposed, with its UID; a person of the item's roles decides. */
export async function proposeContours(ctx: Context, { dossier, instanceUid }: { dossier: string; instanceUid: string }): Promise<void> {
  const item: ItemCode = 'contours_locked';
  const { row } = await standingOf(ctx, dossier);
  const proposals = row.proposals ?? [];
  if (row.status === 'CLOTURE' || isTicked(row, item) || proposals.some(({ evidence }) => evidence === instanceUid)) return;
  const others = proposals.filter((proposal) => proposal.item !== item);
  await write(ctx, dossier, {
    what: 'dossier.item-proposed',
    subject: item,
    set: { proposals: [...others, { item, evidence: instanceUid, at: ctx.now() }] },
  });
}

async function tickImported(ctx: Context, dossier: string, studyUid: string): Promise<void> {
  const code: ItemCode = 'exams_imported';
  const { row } = await standingOf(ctx, dossier);
  refuseClosed(ctx, row);
  if (isTicked(row, code)) return;
  await write(ctx, dossier, {
    what: 'dossier.item-ticked',
    subject: code,
    set: { ticks: [...row.ticks, { ...actOf(ctx), code, evidence: studyUid, comment: null }] },
  });
}

/** Writes a change whose author is no reader: `changeDossier` answers with what the author may see, and an arriving study has no role. */
async function write(ctx: Context, id: string, change: Change): Promise<void> {
  const standing = await standingOf(ctx, id);
  const next = withDerived({ ...standing.row, ...change.set, version: standing.row.version + 1 });
  const { _id, ...fields } = next;
  const written = await DossierModel.replaceOne({ _id, version: standing.row.version }, fields);
  if (written.matchedCount === 0) throw new Conflict('dossier.changed');
  await announce(ctx, { ...standing, row: next }, change);
}

function refuseClosed(ctx: Context, row: DossierRow): void {
  if (row.status === 'CLOTURE') refuseUnless(ctx, 'dossier.closed', [{ rule: 'closed' }]);
}

function isTicked(row: DossierRow, code: ItemCode): boolean {
  return row.ticks.some((tick) => tick.code === code);
}
