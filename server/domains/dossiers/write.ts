import type { QueryFilter } from 'mongoose';
import type { Dossier, DossierChanged } from '#shared/dossiers/schemas.ts';
import { hardRulesApply, unmetHardRules } from '#shared/dossiers/workflow.ts';
import { addHours, dayIn, startOfDay } from '#shared/time.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { lightAt } from '#shared/qa/lights.ts';
import { currentLight } from '#server/domains/qa/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import type { NewEvent } from '#server/platform/events.ts';
import { DossierModel, HistoryModel, type DossierRow, type HistoryRow } from './model.ts';
import { clearanceOf, dossierFor, presentCard, presentDossier, presentForWall, type Sight } from './present.ts';
import { actOf, refuseUnless, roleOf } from './policy.ts';
import { site } from './site.ts';
import { currentWorkflow } from './workflow-store.ts';

/** A change of a dossier: the fields it sets and the line of history it leaves. */
export interface Change {
  /** Name of the fact, as `dossier.moved`. */
  what: string;
  set: Partial<DossierRow>;
  from?: Status;
  to?: Status;
  subject?: string;
  comment?: string | undefined;
  revoked?: HistoryRow['revoked'];
  before?: HistoryRow['before'];
}

/** A dossier as it stands inside an act, with what rules and presentations need. */
export interface Standing {
  row: DossierRow;
  workflow: Workflow;
  light: Light;
}

/**
 * Changes a dossier as one act: judged on the version that the user saw, never on a stale screen, then written on condition of that version with
 * its history, its audit entry and its live events. Closed dossiers do not change, unless the change says so.
 *
 * @throws Conflict `dossier.changed` with the current state and who changed what since.
 */
export async function changeDossier(
  ctx: Context,
  { id, version, evenClosed = false }: { id: string; version: number | undefined; evenClosed?: boolean },
  decide: (standing: Standing) => Change | Promise<Change>,
): Promise<Dossier> {
  return ctx.atomically('dossiers', async () => {
    const standing = await standingOf(ctx, id);
    const { row } = standing;
    if (version !== undefined && row.version !== version) throw await changed(ctx, standing, version);
    if (row.status === 'CLOTURE' && !evenClosed) refuseUnless(ctx, 'dossier.closed', [{ rule: 'closed' }]);
    const change = await decide(standing);
    const next = withDerived({ ...row, ...change.set, version: row.version + 1 });
    const { _id, ...fields } = next;
    const written = await DossierModel.findOneAndReplace({ _id, version: row.version } satisfies QueryFilter<DossierRow>, fields, {
      returnDocument: 'after',
    }).lean();
    if (!written) throw await changed(ctx, await standingOf(ctx, id), row.version); // someone was quicker just now
    await announce(ctx, { ...standing, row: next }, change);
    return readerView(ctx, { ...standing, row: next });
  });
}

/** Writes history, audit entry and live events of a change that was just written. */
export async function announce(ctx: Context, standing: Standing, change: Change): Promise<void> {
  const { row } = standing;
  const id = row._id.toHexString();
  const act = actOf(ctx);
  await HistoryModel.create([
    {
      dossier: id,
      ...act,
      what: change.what,
      from: change.from ?? null,
      to: change.to ?? null,
      subject: change.subject ?? null,
      comment: change.comment ?? null,
      revoked: change.revoked ?? [],
      version: row.version,
      before: change.before ?? null,
    },
  ]);
  await ctx.record({
    action: change.what,
    subject: `dossier:${id}`,
    details: detailsOf(change, row.version),
    live: await liveEvents(ctx, standing, change),
  });
}

/** The dossier with its workflow and its machine's light, as of now. */
export async function standingOf(ctx: Context, id: string): Promise<Standing> {
  const row = await DossierModel.findById(id).lean();
  if (!row) throw new NotFound('dossier');
  const [workflow, light] = [await currentWorkflow(), await lightOf(row, ctx.now())]; // one after another: a transaction's session takes one command at a time
  return { row, workflow, light };
}

/** The whole dossier as the reader may see it, in his language. */
export async function readerView(ctx: Context, { row, workflow, light }: Standing): Promise<Dossier> {
  const dossier = presentDossier(row, { workflow, light, at: ctx.now(), locale: ctx.locale });
  return dossierFor({ ...dossier, undoUntil: await undoUntil(ctx, row) }, roleOf(ctx));
}

/** Milliseconds within which one's own last move can be taken back. Source: `dossiers.md`. */
export const UNDO_MS = 10_000;

/** The last change of a dossier if it is a move of the actor that he may still take back. */
export async function undoable(ctx: Context, row: DossierRow): Promise<HistoryRow | undefined> {
  const last = await HistoryModel.findOne({ dossier: row._id.toHexString(), version: row.version }).lean();
  return last?.before && last.byId !== null && last.byId === ctx.actor.id ? last : undefined;
}

async function undoUntil(ctx: Context, row: DossierRow): Promise<string | null> {
  const move = await undoable(ctx, row);
  const until = move && new Date(move.at.getTime() + UNDO_MS);
  return until && until > ctx.now() ? until.toISOString() : null;
}

async function lightOf(row: DossierRow, at: Date): Promise<Light> {
  return row.machineId === null ? lightAt(undefined, '', at) : currentLight(row.machineId, at);
}

async function changed(ctx: Context, standing: Standing, seen: number): Promise<Conflict> {
  const since = await HistoryModel.find({ dossier: standing.row._id.toHexString(), version: { $gt: seen } })
    .sort({ version: 1 })
    .limit(50)
    .lean();
  const details: DossierChanged = {
    current: await readerView(ctx, standing),
    changes: since.map(({ by, role, at, what, subject, from, to }) => ({ by, role, at: at.toISOString(), what, subject, from, to })),
  };
  return new Conflict('dossier.changed', details);
}

/** Fields that follow from others. */
export function withDerived(row: DossierRow): DossierRow {
  return {
    ...row,
    open: row.status !== 'CLOTURE',
    cleared: !hardRulesApply(row.status) || unmetHardRules(clearanceOf(row), 'green').length === 0,
  };
}

/** When a stay that begins now becomes too long. */
export function dueFrom(workflow: Workflow, status: Status, at: Date): Date | null {
  const { maxHours } = workflow.statuses[status];
  return maxHours === null ? null : addHours(at, maxHours);
}

/** How many dossiers were closed in the site's current month. */
export async function closedThisMonth(at: Date): Promise<number> {
  const { timezone } = site();
  const from = startOfDay(timezone, `${dayIn(timezone, at).slice(0, 7)}-01`);
  return DossierModel.countDocuments({ status: 'CLOTURE', enteredAt: { $gte: from } });
}

async function liveEvents(ctx: Context, { row, workflow, light }: Standing, change: Change): Promise<NewEvent[]> {
  const sight: Sight = { workflow, light, at: ctx.now(), locale: site().locale };
  const dossier = presentDossier(row, sight);
  const fact = { card: presentCard(row, sight), by: ctx.actor.name, ...(change.from ? { from: change.from } : {}) };
  const type = typeOf(change.what);
  const closing = change.from === 'CLOTURE' || change.to === 'CLOTURE';
  return [
    { topic: `dossier:${row._id.toHexString()}`, type, data: { ...fact, dossier } },
    {
      topic: 'wall',
      type: 'wall:dossier',
      data: { dossier: presentForWall(row), ...(closing ? { closedThisMonth: await closedThisMonth(ctx.now()) } : {}) },
    },
    { topic: 'dossiers', type, data: fact },
  ];
}

function typeOf(what: string): string {
  if (what === 'dossier.created') return 'dossier:created';
  return what === 'dossier.moved' || what === 'dossier.move-undone' ? 'dossier:moved' : 'dossier:changed';
}

function detailsOf(change: Change, version: number): Record<string, unknown> {
  return {
    version,
    ...(change.from ? { from: change.from } : {}),
    ...(change.to ? { to: change.to } : {}),
    ...(change.subject ? { subject: change.subject } : {}),
    ...(change.revoked?.length ? { revoked: change.revoked } : {}),
  };
}
