import type { Control, WallClock } from '#shared/qa/controls.ts';
import { dayOf, wallClockAt } from '#shared/qa/controls.ts';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import type { SourceState } from '#shared/qa/page-schemas.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { configInForce } from './config-store.ts';
import { ControlModel, SourceModel, type ControlRow, type SourceRow } from './controls-model.ts';
import { relight } from './relight.ts';
import { siteZone } from './site.ts';
import { SourceFailure, sayFault, type QaSource, type Reading } from './source/port.ts';

/** How far behind the latest control a reading begins: controls are written down later than they are dated. */
const OVERLAP_DAYS = 2;
const CHUNK = 1000;
const MOST_FAULTS = 200;

interface Reach {
  /** Everything is read: only so renamed, re-dated and deleted controls of long ago are followed. */
  whole: boolean;
  signal: AbortSignal;
}

/**
 * Reads the source and follows it: what is new, changed or gone. Reading the same again changes nothing. When it cannot be read, the last good data stay,
 * dated, and it is told since when. Then the lights are determined anew.
 */
export async function synchronise(ctx: Context, source: QaSource, { whole, signal }: Reach): Promise<SourceState> {
  await configInForce(); // its names of tables are those that are read by
  const before = await SourceModel.findById('source').lean<SourceRow | null>();
  const everything = whole || source.kind === 'csv' || before?.wholeAt == null || before.failure !== null;
  const since = everything ? undefined : overlapping(before.watermark);
  try {
    const missing = everything ? await source.check(signal) : [];
    if (missing.length > 0) throw new SourceFailure('schema', { faults: missing });
    const reading = await source.read(since === undefined ? {} : { since }, signal);
    await take(ctx, source, { reading, since, before });
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    if (error.code === 'absent' && !before) return presentSource(null); // no file was ever given: the site has no source
    await fail(ctx, source, error, before);
  }
  await ctx.atomically('qa', () =>
    relight(
      ctx,
      allMachines().map(({ id }) => id),
    ),
  );
  return sourceState();
}

/** The state of the source as the contract has it. */
export async function sourceState(): Promise<SourceState> {
  const row = await SourceModel.findById('source').lean<SourceRow | null>();
  return presentSource(row);
}

export function presentSource(row: SourceRow | null): SourceState {
  if (!row) return { kind: null, lastReadAt: null, lastTriedAt: null, failure: null, missing: [], faults: [], controls: 0, changed: 0 };
  const { kind, asOf, triedAt, failure, missing, faults, controls, changed } = row;
  return {
    kind,
    lastReadAt: asOf?.toISOString() ?? null,
    lastTriedAt: triedAt.toISOString(),
    failure: failure && { code: failure.code, since: failure.since.toISOString() },
    missing,
    faults,
    controls,
    changed,
  };
}

function overlapping(watermark: string | null): WallClock | undefined {
  if (watermark === null) return undefined;
  return wallClockAt(dayText(dayNumberOf(watermark) - OVERLAP_DAYS), '00:00');
}

interface Taken {
  reading: Reading;
  since: WallClock | undefined;
  before: SourceRow | null;
}

/** Writes what changed in steps; the number of the reading comes last, and with it all of them are seen at once. */
async function take(ctx: Context, source: QaSource, { reading, since, before }: Taken): Promise<void> {
  const rev = (before?.rev ?? 0) + 1;
  const known = new Map((await ControlModel.find(since === undefined ? {} : { at: { $gte: since } }).lean()).map((row) => [row._id, row]));
  const missing = reading.controls.filter(({ id }) => since !== undefined && !known.has(id)).map(({ id }) => id);
  for (const row of await ControlModel.find({ _id: { $in: missing } }).lean()) known.set(row._id, row);
  const read = new Set(reading.controls.map(({ id }) => id));
  const rows = [
    ...reading.controls.filter((control) => !same(control, known.get(control.id))).map((control) => rowOf(control, rev)),
    ...[...known.values()].filter((row) => !row.gone && !read.has(row._id)).map((row) => ({ ...row, gone: true, rev })),
  ];
  for (let begin = 0; begin < rows.length; begin += CHUNK) await write(rows.slice(begin, begin + CHUNK));
  await ctx.atomically('qa', async () => {
    const now = ctx.now();
    const state: Omit<SourceRow, '_id'> = {
      kind: source.kind,
      rev: rows.length > 0 ? rev : rev - 1,
      asOf: reading.asOf,
      triedAt: now,
      wholeAt: since === undefined ? now : (before?.wholeAt ?? null),
      failure: null,
      missing: [],
      faults: reading.faults
        .slice(0, MOST_FAULTS)
        .map(({ where, fault, column }) => ({ where, fault: column ? `${fault} (${column})` : fault })),
      watermark: watermarkOf(reading.controls, before?.watermark ?? null, wallClockIn(siteZone(), now)),
      controls: await ControlModel.countDocuments({ gone: false }),
      changed: rows.length,
    };
    await store(ctx, state, { controls: rows.length > 0, action: rows.length > 0 || before?.failure ? 'qa.source-read' : undefined });
  });
}

async function write(rows: readonly ControlRow[]): Promise<void> {
  await ControlModel.bulkWrite(
    rows.map(({ _id, ...row }) => ({ updateOne: { filter: { _id }, update: { $set: row }, upsert: true } })),
    { ordered: false },
  );
}

function rowOf({ id, objectId, moduleId, name, at, conform }: Control, rev: number): ControlRow {
  return { _id: id, objectId, moduleId, name, at, conform, gone: false, rev };
}

function same({ objectId, moduleId, name, at, conform }: Control, row: ControlRow | undefined): boolean {
  if (!row || row.gone) return false;
  return row.objectId === objectId && row.moduleId === moduleId && row.name === name && row.at === at && row.conform === conform;
}

/** A control dated ahead of now must not keep others from being read. */
function watermarkOf(controls: readonly Control[], before: string | null, now: WallClock): string | null {
  let latest = before;
  for (const { at } of controls) if (at !== null && at <= now && (latest === null || at > latest)) latest = at;
  return latest === null ? null : dayOf(latest as WallClock); // a watermark is a wall clock, or the day of one
}

async function fail(ctx: Context, source: QaSource, error: SourceFailure, before: SourceRow | null): Promise<void> {
  await ctx.atomically('qa', async () => {
    const now = ctx.now();
    const failure = { code: error.code, since: before?.failure?.since ?? now };
    const missing = error.faults.map(sayFault);
    const kept = before ?? { kind: source.kind, rev: 0, asOf: null, wholeAt: null, faults: [], watermark: null, controls: 0, changed: 0 };
    const { _id: _, ...state } = { _id: 'source', ...kept, kind: source.kind, triedAt: now, failure, missing };
    await store(ctx, state, { controls: false, action: before?.failure?.code === error.code ? undefined : 'qa.source-failed' });
  });
}

/** Audited when something happened; told live each time, because its age is shown. */
async function store(
  ctx: Context,
  state: Omit<SourceRow, '_id'>,
  { controls, action }: { controls: boolean; action: string | undefined },
): Promise<void> {
  await SourceModel.updateOne({ _id: 'source' }, { $set: state }, { upsert: true });
  const source = presentSource({ _id: 'source', ...state });
  const fact = { type: 'qa:source', data: { source, controls, machines: [] } };
  const live = [
    { topic: 'qa' as const, ...fact },
    { topic: 'wall' as const, ...fact },
  ];
  if (action) await ctx.record({ action, subject: 'qa:source', details: { failure: state.failure?.code, changed: state.changed }, live });
  else ctx.announce(live);
}
