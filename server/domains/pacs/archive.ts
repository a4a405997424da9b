import path from 'node:path';
import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { readSeriesCall, readTagsCall } from '#shared/pacs/api.ts';
import type { ArchivePatient, ArchivePatientsQuery, Series, StudiesQuery, Study } from '#shared/pacs/schemas.ts';
import type { PageQuery } from '#shared/schemas.ts';
import { plainText } from '#shared/text.ts';
import { auditAccess } from '#server/domains/audit/index.ts';
import { readTags } from '#server/platform/dicom/tags.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid, NotFound, Unavailable } from '#server/platform/errors.ts';
import { isIdentityTag } from './identity-tags.ts';
import { ArchivePatientModel, InstanceModel, SeriesModel, StudyModel, type ArchivePatientRow, type StudyRow } from './model.ts';
import { presentArchivePatient, presentInstance, presentSeries, presentStudy } from './present.ts';

/** Minutes within which the same access of the same person is written down once. Source: `common.md`. */
const ACCESS_WINDOW_MIN = 5;
const MOST_SERIES = 1000;

interface Page<T> {
  items: T[];
  next?: string;
}

/** Patients of the archive, the latest received first; the list is written down. */
export async function listArchivePatients(ctx: Context, { q, limit, cursor }: ArchivePatientsQuery): Promise<Page<ArchivePatient>> {
  const rows = await ArchivePatientModel.find({
    $and: [...searched<ArchivePatientRow>(q), ...before<ArchivePatientRow>(cursor, (id) => new Types.ObjectId(id))],
  })
    .sort({ lastAt: -1, _id: -1 })
    .limit(limit + 1)
    .lean();
  await audited(ctx, 'archive.listed', q);
  return pageOf(rows, limit, presentArchivePatient);
}

/** Studies, the latest received first; the list is written down. */
export async function listStudies(ctx: Context, { limit, cursor, ...filters }: StudiesQuery): Promise<Page<Study>> {
  const { q, patient, dossier, modality, from, to } = filters;
  const wanted: QueryFilter<StudyRow>[] = [...searched<StudyRow>(q), ...before<StudyRow>(cursor, (id) => id)];
  if (patient) wanted.push({ archivePatient: patient });
  if (dossier) wanted.push({ 'attachment.dossier': dossier });
  if (modality) wanted.push({ modalities: modality });
  if (from) wanted.push({ date: { $gte: from } });
  if (to) wanted.push({ date: { $lte: to } });
  await audited(ctx, 'studies.listed', JSON.stringify(filters));
  return studies(wanted, limit);
}

/** Studies that wait to be attached, the latest received first. */
export async function listUnattached(ctx: Context, { limit, cursor }: z.output<typeof PageQuery>): Promise<Page<Study>> {
  await audited(ctx, 'studies.listed', 'unattached');
  return studies([{ 'attachment.state': 'waiting' }, ...before<StudyRow>(cursor, (id) => id)], limit);
}

/** One study with its series; its opening is written down. */
export async function readStudy(ctx: Context, uid: string): Promise<{ study: Study; series: Series[] }> {
  const row = await StudyModel.findById(uid).lean();
  if (!row) throw new NotFound('study');
  const series = await SeriesModel.find({ studyUid: uid }).sort({ number: 1, _id: 1 }).limit(MOST_SERIES).lean();
  await auditAccess(ctx, { action: 'study.opened', subject: `study:${uid}`, windowMin: ACCESS_WINDOW_MIN });
  return { study: presentStudy(row), series: series.map(presentSeries) };
}

/** One series with its instances, in the order of their numbers. The cursor is how many were seen. */
export async function readSeries(
  ctx: Context,
  uid: string,
  { limit, cursor = '0' }: z.output<typeof PageQuery>,
): Promise<z.output<(typeof readSeriesCall)['reply']>> {
  if (!/^\d{1,7}$/.test(cursor)) throw badCursor();
  const row = await SeriesModel.findById(uid).lean();
  if (!row) throw new NotFound('series');
  const rows = await InstanceModel.find({ seriesUid: uid })
    .sort({ number: 1, _id: 1 })
    .skip(Number(cursor))
    .limit(limit + 1)
    .lean();
  await auditAccess(ctx, { action: 'study.opened', subject: `study:${row.studyUid}`, windowMin: ACCESS_WINDOW_MIN });
  const next = rows.length > limit ? { next: String(Number(cursor) + limit) } : {};
  return { series: presentSeries(row), items: rows.slice(0, limit).map(presentInstance), ...next };
}

/** The header of an instance; who may not see studies gets it without identity. */
export async function readInstanceTags(ctx: Context, uid: string, root: string): Promise<z.output<(typeof readTagsCall)['reply']>> {
  const row = await InstanceModel.findById(uid).lean();
  if (!row) throw new NotFound('instance');
  const identityHidden = !ctx.may('pacs:images');
  const lines = await readTags(path.join(root, row.path)).catch((error: unknown) => {
    throw new Unavailable(error);
  });
  await auditAccess(ctx, { action: 'instance.opened', subject: `instance:${uid}`, windowMin: ACCESS_WINDOW_MIN });
  const tags = lines.map(({ tag, keyword, vr, depth, value }) => {
    const code = tag.replace(/[^0-9A-Fa-f]/g, '').toUpperCase();
    const hidden = identityHidden && isIdentityTag({ code, vr });
    return { tag: code, keyword: keyword === '' ? null : (keyword ?? null), vr, depth, value: hidden ? null : value, hidden };
  });
  return { instance: presentInstance(row), tags, identityHidden };
}

async function studies(wanted: QueryFilter<StudyRow>[], limit: number): Promise<Page<Study>> {
  const rows = await StudyModel.find(wanted.length === 0 ? {} : { $and: wanted })
    .sort({ lastAt: -1, _id: -1 })
    .limit(limit + 1)
    .lean();
  return pageOf(rows, limit, presentStudy);
}

async function audited(ctx: Context, action: string, filter: string | undefined): Promise<void> {
  await auditAccess(ctx, { action, windowMin: ACCESS_WINDOW_MIN, key: filter ?? '', details: { filtered: Boolean(filter) } });
}

/** Every word typed must begin a word of the record. */
function searched<T>(q: string | undefined): QueryFilter<T>[] {
  const words = plainText(q ?? '')
    .split(/[\s^]+/)
    .filter((word) => word !== '');
  // A range instead of a regular expression: the typed text needs no escaping and the index is used as it is.
  return words.length === 0 ? [{}] : words.map((word) => ({ searchKeys: { $elemMatch: { $gte: word, $lt: `${word}\u{FFFF}` } } }));
}

/** The cursor names the last row: its time and identifier, never a name. */
function before<T>(cursor: string | undefined, idOf: (id: string) => unknown): QueryFilter<T>[] {
  if (cursor === undefined) return [];
  const [, time, id] = /^(\d{1,15})-([0-9A-Za-z.]{1,64})$/.exec(cursor) ?? [];
  if (!time || !id || (idOf('0'.repeat(24)) instanceof Types.ObjectId && !/^[0-9a-f]{24}$/.test(id))) throw badCursor();
  const lastAt = new Date(Number(time));
  return [{ $or: [{ lastAt: { $lt: lastAt } }, { lastAt, _id: { $lt: idOf(id) } }] }];
}

function pageOf<R extends { _id: Types.ObjectId | string; lastAt: Date }, T>(
  rows: readonly R[],
  limit: number,
  present: (row: R) => T,
): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(present), ...(rows.length > limit && last ? { next: `${last.lastAt.getTime()}-${String(last._id)}` } : {}) };
}

function badCursor(): Invalid {
  return new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
}
