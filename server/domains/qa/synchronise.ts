import { dayOf, wallClockAt, type Control, type WallClock } from '#shared/qa/controls.ts';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import type { SourceState } from '#shared/qa/page-schemas.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Unavailable } from '#server/platform/errors.ts';
import { createKeyedQueue } from '#server/platform/queue.ts';
import { NO_CHANGES, changesIn, type Changes } from './changes.ts';
import { configInForce } from './config-store.ts';
import type { SourceRow } from './controls-model.ts';
import { relight } from './relight.ts';
import { siteZone } from './site.ts';
import { SourceFailure, sayFault, type QaSource, type Reading } from './source/port.ts';
import { Overtaken, beginSource, finishSource, readSource, sourceState, writeChunk } from './source-store.ts';

/** How far behind the latest control a reading begins: controls are written down later than they are dated. */
const OVERLAP_DAYS = 2;
/** Rows written in one act: others wait no longer than that. */
const CHUNK = 1000;
const MOST_FAULTS = 200;
const MOST_TRIES = 3;

const inTurn = createKeyedQueue();

export { sourceState } from './source-store.ts';

interface Reach {
  /** Everything is read: only so renamed, re-dated and deleted controls of long ago are followed. */
  whole: boolean;
  signal: AbortSignal;
}

/**
 * Reads the source and follows it: what is new, changed or gone. Reading the same again changes nothing. When it cannot be read, the last good data stay,
 * dated, and it is told since when. Then the lights are determined anew. One reading at a time: in this process by a queue, among several by the number
 * of the last change, which only who still sees it may raise.
 */
export async function synchronise(ctx: Context, source: QaSource, reach: Reach): Promise<SourceState> {
  return inTurn('source', async () => {
    const before = await readSource();
    try {
      await readUntilTaken(ctx, source, reach);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (error.code === 'absent' && !before) return sourceState(); // no file was ever given: the site has no source
      await fail(ctx, source, error);
    }
    const machines = allMachines().map(({ id }) => id);
    await ctx.atomically('qa', () => relight(ctx, machines));
    return sourceState();
  });
}

/** Another process may have read meanwhile: then what was read here is no longer the latest, and it is read anew. */
async function readUntilTaken(ctx: Context, source: QaSource, reach: Reach): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(ctx, source, reach);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      if (attempt === MOST_TRIES) throw new Unavailable(error);
    }
  }
}

async function readOnce(ctx: Context, source: QaSource, { whole, signal }: Reach): Promise<void> {
  const version = await configInForce(); // its names of tables are those that are read by
  const before = await readSource();
  const everything = whole || mustReadAll(source, before, version.version);
  const since = everything ? undefined : overlapping(before?.watermark ?? null);
  const missing = since === undefined ? await source.check(signal) : [];
  if (missing.length > 0) throw new SourceFailure('schema', { faults: missing });
  const reading = await source.read(since === undefined ? {} : { since }, signal);
  const changes = isRead(source, { reading, before, whole }) ? NO_CHANGES : await changesIn(reading.controls, since);
  // Deleted, or dated before what was read: only the whole table tells, and a week that was done must not turn red until the night.
  if (since !== undefined && changes.gone.length > 0) return readOnce(ctx, source, { whole: true, signal });
  await take(ctx, source, { reading, changes, whole: since === undefined, version: version.version });
}

/** The columns that tell conformity are of the rules: with other rules the controls of long ago may read otherwise. */
function mustReadAll(source: QaSource, before: SourceRow | null, version: number): boolean {
  if (!before || before.wholeAt === null || before.failure !== null) return true;
  return source.kind === 'csv' || before.kind !== source.kind || before.version !== version;
}

/** Whether the files are those that were taken already: a hundred thousand rows are not compared every five minutes for nothing. */
function isRead(source: QaSource, { reading, before, whole }: { reading: Reading; before: SourceRow | null; whole: boolean }): boolean {
  if (source.kind !== 'csv' || whole || !before || before.kind !== 'csv' || before.failure || before.wholeAt === null) return false;
  return before.asOf?.getTime() === reading.asOf.getTime();
}

function overlapping(watermark: string | null): WallClock | undefined {
  if (watermark === null) return undefined;
  return wallClockAt(dayText(dayNumberOf(watermark) - OVERLAP_DAYS), '00:00');
}

interface Taken {
  reading: Reading;
  changes: Changes;
  whole: boolean;
  version: number;
}

/**
 * Writes what changed. A usual reading is one act; a large one is many, each complete in itself, so that nothing is lost or hidden when the process dies
 * between two of them: what is missing is read again.
 */
async function take(ctx: Context, source: QaSource, { reading, changes, whole, version }: Taken): Promise<void> {
  const begun = await beginSource(source.kind, ctx.now());
  const rows = [...changes.changed, ...changes.gone];
  let { rev } = begun;
  let written = 0;
  for (; rows.length - written > CHUNK; written += CHUNK) {
    const chunk = rows.slice(written, written + CHUNK);
    const seen = rev;
    rev = await ctx.atomically('qa', () => writeChunk(chunk, { fresh: changes.fresh, seen }));
  }
  await ctx.atomically('qa', async () => {
    const now = ctx.now();
    const last = rows.slice(written);
    const reached = last.length > 0 ? await writeChunk(last, { fresh: changes.fresh, seen: rev }) : rev;
    const state: Omit<SourceRow, '_id' | 'rev'> = {
      kind: source.kind,
      version,
      asOf: reading.asOf,
      triedAt: now,
      wholeAt: whole ? now : begun.wholeAt,
      failure: null,
      missing: [],
      faults: faultsOf(reading),
      watermark: watermarkOf(reading.controls, whole ? null : begun.watermark, wallClockIn(siteZone(), now)),
      controls: whole ? reading.controls.length : begun.controls + changes.more,
      changed: rows.length,
    };
    const action = rows.length > 0 || begun.failure ? 'qa.source-read' : undefined;
    await finishSource(ctx, { state, rev: reached, controls: rows.length > 0, action });
  });
}

function faultsOf({ faults }: Reading): SourceRow['faults'] {
  return faults.slice(0, MOST_FAULTS).map(({ where, fault, column }) => ({ where, fault: column ? `${fault} (${column})` : fault }));
}

/** A control dated ahead of now must not keep others from being read. */
function watermarkOf(controls: readonly Control[], before: string | null, now: WallClock): string | null {
  let latest = before;
  for (const { at } of controls) if (at !== null && at <= now && (latest === null || at > latest)) latest = at;
  return latest === null ? null : dayOf(latest as WallClock); // a watermark is a wall clock, or the day of one
}

async function fail(ctx: Context, source: QaSource, error: SourceFailure): Promise<void> {
  await beginSource(source.kind, ctx.now());
  await ctx.atomically('qa', async () => {
    const now = ctx.now();
    const before = await readSource();
    if (!before) return;
    const { _id: _, rev, ...kept } = before;
    const failure = { code: error.code, since: before.failure?.since ?? now };
    const state = { ...kept, kind: source.kind, triedAt: now, failure, missing: error.faults.map(sayFault) };
    const action = before.failure?.code === error.code ? undefined : 'qa.source-failed';
    await finishSource(ctx, { state, rev, controls: false, action });
  });
}
