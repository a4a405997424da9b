import type { QueryFilter } from 'mongoose';
import { Types } from 'mongoose';
import type { z } from 'zod';
import type { Dossier, DossierCard, DossiersQuery, HistoryEntry } from '#shared/dossiers/schemas.ts';
import { STATUSES, type Status } from '#shared/dossiers/statuses.ts';
import { hardRulesApply, isMine } from '#shared/dossiers/workflow.ts';
import type { PageQuery } from '#shared/schemas.ts';
import type { WallDossier } from '#shared/screens/schemas.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { blocks, gateOf, lightAt } from '#shared/qa/lights.ts';
import { auditAccess } from '#server/domains/audit/index.ts';
import { currentLights } from '#server/domains/qa/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { DossierModel, HistoryModel, type DossierRow } from './model.ts';
import { cardFor, presentCard, presentForWall, presentHistory } from './present.ts';
import { roleOf } from './policy.ts';
import { searchKey } from './search.ts';
import { readerView, standingOf } from './write.ts';
import { currentWorkflow } from './workflow-store.ts';

/** Cards, the longest in their status first; closed ones the last closed first, because there are more every year. Seeing a list is audited once per view and filter. */
export async function listDossiers(ctx: Context, query: DossiersQuery): Promise<{ items: DossierCard[]; next?: string }> {
  const [workflow, lights] = await Promise.all([currentWorkflow(), lightsByMachine(ctx.now())]);
  const filter = filterOf(ctx, query, { mine: STATUSES.filter((status) => isMine(workflow, status, roleOf(ctx))), lights });
  const direction = query.status === 'CLOTURE' ? -1 : 1;
  const rows = await DossierModel.find({ $and: [...filter, ...after(query.cursor, direction)] })
    .sort({ enteredAt: direction, _id: direction })
    .limit(query.limit + 1)
    .lean();
  const page = rows.slice(0, query.limit);
  const role = roleOf(ctx);
  const items = page.map((row) => {
    const light = lightOf(row, lights, ctx.now());
    return cardFor(presentCard(row, { workflow, light, at: ctx.now(), locale: ctx.locale }), role);
  });
  const { limit: _l, cursor: _c, ...shown } = query;
  await auditAccess(ctx, { action: 'dossiers.listed', windowMin: 5, key: JSON.stringify(shown) });
  const last = page.at(-1);
  return rows.length > page.length && last ? { items, next: `${last.enteredAt.getTime()}-${last._id.toHexString()}` } : { items };
}

/** One dossier. Its opening is audited once per person and 5 minutes. */
export async function readDossier(ctx: Context, id: string): Promise<Dossier> {
  const standing = await standingOf(ctx, id);
  await auditAccess(ctx, { action: 'dossier.opened', subject: `dossier:${id}`, windowMin: 5 });
  return readerView(ctx, standing);
}

/** The history of a dossier, newest first. */
export async function listHistory(
  ctx: Context,
  id: string,
  { limit, cursor }: z.output<typeof PageQuery>,
): Promise<{ items: HistoryEntry[]; next?: string }> {
  await standingOf(ctx, id);
  const before = cursor === undefined ? {} : { version: { $lt: wholeNumber(cursor) } };
  const rows = await HistoryModel.find({ dossier: id, ...before })
    .sort({ version: -1 })
    .limit(limit + 1)
    .lean();
  const page = rows.slice(0, limit);
  const items = page.map((row) => presentHistory(row, ctx.actor.role));
  const last = page.at(-1);
  return rows.length > page.length && last ? { items, next: String(last.version) } : { items };
}

/** Whether there is any dossier at all. */
export async function hasDossiers(): Promise<boolean> {
  return (await DossierModel.exists({ number: { $gt: 0 } })) !== null;
}

/** Every open dossier as a wall may show it. */
export async function wallDossiers(): Promise<WallDossier[]> {
  const rows = await DossierModel.find({ open: true }).sort({ enteredAt: 1, _id: 1 }).limit(MOST_ON_A_WALL).lean();
  return rows.map(presentForWall);
}

const MOST_ON_A_WALL = 5000;

type LightTable = ReadonlyMap<string, Light>;

async function lightsByMachine(at: Date): Promise<LightTable> {
  return new Map((await currentLights(at)).map((light) => [light.machine, light]));
}

function lightOf(row: DossierRow, lights: LightTable, at: Date): Light {
  return lightAt(row.machineId === null ? undefined : lights.get(row.machineId), row.machineId ?? '', at);
}

type Filter = QueryFilter<DossierRow>;

function filterOf(ctx: Context, query: DossiersQuery, known: { mine: readonly Status[]; lights: LightTable }): Filter[] {
  const filters: Filter[] = [query.status ? { status: query.status } : { open: true }, ...equalities(query)];
  if (query.mine !== undefined) filters.push({ status: query.mine ? { $in: known.mine } : { $nin: known.mine } });
  if (query.blocked !== undefined) {
    const blocked = blockedFilter(ctx.now(), known.lights);
    filters.push(query.blocked ? blocked : { $nor: [blocked] });
  }
  for (const word of query.q ? searchKey(query.q).split(' ') : []) filters.push({ searchKeys: { $regex: `^${word}` } });
  return filters;
}

/** The filters by equality, each under the field that is indexed or compared for it. */
function equalities({ machine, priority, pathology, physician, tag, patient }: DossiersQuery): Filter[] {
  const wanted: Record<string, string | undefined> = {
    machineId: machine,
    priority,
    pathologyKey: pathology && searchKey(pathology),
    physicianKey: physician && searchKey(physician),
    tags: tag,
    'patient.id': patient,
  };
  return Object.entries(wanted).flatMap(([field, value]) => (value === undefined ? [] : [{ [field]: value }]));
}

/** The same rule as `blockedBy`, as a query. */
function blockedFilter(at: Date, lights: LightTable): Filter {
  const treating = STATUSES.filter(hardRulesApply);
  const free = [...lights.values()].filter((light) => !blocks(gateOf(light, at))).map((light) => light.machine);
  return {
    $or: [{ dueAt: { $ne: null, $lte: at } }, { status: { $in: treating }, $or: [{ cleared: false }, { machineId: { $nin: free } }] }],
  };
}

function after(cursor: string | undefined, direction: 1 | -1): Filter[] {
  if (cursor === undefined) return [];
  const [, ms, id] = /^(\d{1,16})-([0-9a-f]{24})$/.exec(cursor) ?? [];
  if (ms === undefined || id === undefined) throw badCursor();
  const at = new Date(Number(ms));
  const beyond = direction === 1 ? '$gt' : '$lt';
  return [{ $or: [{ enteredAt: { [beyond]: at } }, { enteredAt: at, _id: { [beyond]: new Types.ObjectId(id) } }] }];
}

function wholeNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor(): Invalid {
  return new Invalid([{ where: 'query', path: 'cursor', message: 'this is no cursor of this list' }]);
}
