import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { AssociationsPage } from '#shared/pacs/schemas.ts';
import type { AssociationsCsvQuery, AssociationsQuery } from '#shared/pacs/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { spreadsheetCsv } from '#server/platform/csv.ts';
import { AppError, Conflict, Invalid, NotFound } from '#server/platform/errors.ts';
import { AssociationModel, type AssociationRow } from './monitor-model.ts';
import { presentAssociation } from './present.ts';
import { readStatus, type ReceptionSettings } from './status.ts';

const MOST_IN_A_FILE = 50_000;

/** Associations, newest first, with what the chips count. */
export async function listAssociations(
  ctx: Context,
  { limit, cursor, ...filters }: AssociationsQuery,
): Promise<z.output<typeof AssociationsPage>> {
  const wanted = matching(filters);
  const counted = matching({ ...filters, failed: undefined });
  const [rows, total, failed] = await Promise.all([
    AssociationModel.find({ $and: [wanted, ...(cursor === undefined ? [] : [olderThan(cursor)])] })
      .sort({ startedAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean(),
    AssociationModel.countDocuments(counted),
    AssociationModel.countDocuments({ $and: [counted, { failed: true }] }),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map((row) => presentAssociation(row, ctx.may('pacs:images')));
  const next = rows.length > limit && last ? { next: `${last.startedAt.getTime()}-${last._id.toHexString()}` } : {};
  return { items, ...next, total, failed };
}

const COLUMNS: readonly [string, (row: AssociationRow) => string | number | null][] = [
  ['start', ({ startedAt }) => startedAt.toISOString()],
  ['end', ({ endedAt }) => endedAt?.toISOString() ?? null],
  ['service', ({ service }) => service],
  ['action', ({ action }) => action],
  ['calling', ({ callingAeTitle }) => callingAeTitle],
  ['called', ({ calledAeTitle }) => calledAeTitle],
  ['address', ({ address }) => address],
  ['port', ({ port }) => port],
  ['simultaneous', ({ simultaneous }) => simultaneous],
  ['messages', ({ messages }) => messages],
  ['failures', ({ failures }) => failures],
  ['bytes', ({ bytes }) => bytes],
  ['durationSeconds', ({ startedAt, endedAt }) => (endedAt ? (endedAt.getTime() - startedAt.getTime()) / 1000 : null)],
  ['status', ({ status }) => status],
  ['code', ({ statusCode, rejection }) => statusCode ?? (rejection === null ? null : `RJ ${rejection}`)],
  ['reason', ({ reason }) => reason],
  ['studyUid', ({ studyUid }) => studyUid],
];

/** The history as a file: UTF-8 with a byte order mark, columns parted by `;`, at most 50,000 lines. */
export async function associationsCsv(filters: AssociationsCsvQuery): Promise<string> {
  const rows = await AssociationModel.find(matching(filters)).sort({ startedAt: -1, _id: -1 }).limit(MOST_IN_A_FILE).lean();
  return spreadsheetCsv([COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, read]) => read(row)))]);
}

/**
 * Asks the process that receives to abort an association.
 *
 * @throws Conflict `association.ended`
 */
export async function abortAssociation(ctx: Context, id: string, settings: ReceptionSettings): Promise<void> {
  await ctx.atomically('pacs', async () => {
    const row = await AssociationModel.findById(id).lean();
    if (!row) throw new NotFound('association');
    if (row.endedAt !== null) throw new Conflict('association.ended');
    await requireReception(ctx, settings);
    await ctx.record({
      action: 'association.aborted',
      subject: `association:${id}`,
      details: { callingAeTitle: row.callingAeTitle, calledAeTitle: row.calledAeTitle },
      live: [{ topic: 'pacs', type: 'pacs:command', data: { command: 'abort', association: id } }],
    });
  });
}

/** Asks the process that receives to echo all peers. */
export async function echoPeersNow(ctx: Context, settings: ReceptionSettings): Promise<void> {
  await ctx.atomically('pacs', async () => {
    await requireReception(ctx, settings);
    await ctx.record({ action: 'peers.echoed', live: [{ topic: 'pacs', type: 'pacs:command', data: { command: 'echo' } }] });
  });
}

async function requireReception(ctx: Context, settings: ReceptionSettings): Promise<void> {
  const { listening } = await readStatus(settings, ctx.now());
  if (!listening) throw new AppError(503, 'pacs.away');
}

type Filters = { [K in keyof AssociationsCsvQuery]: AssociationsCsvQuery[K] | undefined };

function matching({ state, peer, command, failed, from, to }: Filters): QueryFilter<AssociationRow> {
  const filters: QueryFilter<AssociationRow>[] = [];
  if (state === 'running') filters.push({ endedAt: null });
  if (state === 'ended') filters.push({ endedAt: { $ne: null } });
  if (peer !== undefined) filters.push({ $or: [{ callingAeTitle: peer }, { calledAeTitle: peer }] });
  if (command !== undefined) filters.push({ action: command });
  if (failed !== undefined) filters.push({ failed });
  if (from !== undefined) filters.push({ startedAt: { $gte: new Date(from) } });
  if (to !== undefined) filters.push({ startedAt: { $lt: new Date(to) } });
  return filters.length === 0 ? {} : { $and: filters };
}

function olderThan(cursor: string): QueryFilter<AssociationRow> {
  const [, time, id] = /^(\d{1,15})-([0-9a-f]{24})$/.exec(cursor) ?? [];
  if (!time || !id) throw new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
  const at = new Date(Number(time));
  return { $or: [{ startedAt: { $lt: at } }, { startedAt: at, _id: { $lt: new Types.ObjectId(id) } }] };
}
