import type { Machine } from '#shared/machines/schemas.ts';
import type { Control, WallClock } from '#shared/qa/controls.ts';
import type { View } from '#shared/qa/evaluate.ts';
import { firstDay } from '#shared/qa/first-day.ts';
import { applyChanges, emptyLedger, type Ledger } from '#shared/qa/ledger.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { yearsAround } from '#shared/qa/site-periods.ts';
import { dayText } from '#shared/qa/calendar.ts';
import type { SiteCalendar } from '#shared/qa/working-days.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import { configInForce, type Version } from './config-store.ts';
import { ControlModel, SourceModel, type ControlRow } from './controls-model.ts';
import { holidaysOf } from './holidays.ts';
import { compileRules } from './patterns.ts';
import { qaSite } from './site.ts';

/** All controls in their places, as this process knows them: made at the first question, then followed reading by reading. */
export interface Picture {
  readonly rev: number;
  readonly version: Version;
  readonly controls: ReadonlyMap<number, Control>;
  readonly view: View;
}

interface Kept {
  key: string;
  rev: number;
  version: Version;
  controls: Map<number, Control>;
  ledger: Ledger;
  calendar: SiteCalendar;
  /** The last year whose holidays the calendar has. */
  lastYear: number;
}

let kept: Kept | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * The controls as they are in the database at an instant that is now. One refresh at a time; it reads outside of whatever transaction runs, because what it
 * finds stays when that one is given up.
 */
export function pictureAt(at: Date): Promise<Picture> {
  const wanted = turn.then(() => refresh(at));
  turn = wanted.catch(() => undefined);
  return wanted;
}

/** Forgets everything: for a database that is another one. */
export function forgetPicture(): void {
  kept = undefined;
}

async function refresh(at: Date): Promise<Picture> {
  const now = wallClockIn(qaSite().timezone, at);
  const source = await SourceModel.findById('source', { rev: 1 }).session(null).lean();
  const rev = source?.rev ?? 0;
  const version = await configInForce();
  const machines = allMachines();
  const key = keyOf(version, machines);
  if (kept?.key !== key || kept.rev > rev) kept = await made(machines, version, rev, now);
  else if (kept.rev < rev && !(await follow(kept, { rev, from: version.config.from, now }))) kept = await made(machines, version, rev, now);
  if (kept.lastYear <= Number(now.slice(0, 4))) kept = { ...kept, ...(await calendarOf(kept.ledger, version.config, now)) };
  return { rev, version, controls: kept.controls, view: { ledger: kept.ledger, calendar: kept.calendar, now } };
}

/** What makes every control be placed anew when it changes. */
function keyOf({ version }: Version, machines: readonly Machine[]): string {
  return JSON.stringify([
    version,
    machines.map(({ id, artiscanObjectId, byNameOnly, qaTypes }) => [id, artiscanObjectId, byNameOnly, qaTypes]),
  ]);
}

async function made(machines: Machine[], version: Version, rev: number, now: WallClock): Promise<Kept> {
  const rows = await ControlModel.find({ rev: { $gt: 0 }, gone: false })
    .session(null)
    .lean();
  const controls = rows.map(controlOf);
  const all = new Map(controls.map((one) => [one.id, one]));
  const { rules, weekendCountsForEndingWeek, from } = { ...version.config, rules: compileRules(version.config) };
  const ledger = emptyLedger({ machines, rules, weekendCountsForEndingWeek, from: firstDay(from, all.values(), now) });
  applyChanges(ledger, { changed: controls }, now);
  const calendar = await calendarOf(ledger, version.config, now);
  return { key: keyOf(version, machines), rev, version, controls: all, ledger, ...calendar };
}

/** Takes over the changes up to a number. False when they move the first day that is judged: then every control is placed anew. */
async function follow(state: Kept, { rev, from, now }: { rev: number; from: string | null; now: WallClock }): Promise<boolean> {
  const rows = await ControlModel.find({ rev: { $gt: state.rev, $lte: rev } })
    .session(null)
    .lean();
  const changed = rows.filter(({ gone }) => !gone).map(controlOf);
  const removed = rows.filter(({ gone }) => gone).map(({ _id }) => _id);
  for (const control of changed) state.controls.set(control.id, control);
  for (const id of removed) state.controls.delete(id);
  if (firstDay(from, state.controls.values(), now) !== state.ledger.setting.from) return false;
  applyChanges(state.ledger, { changed, removed }, now);
  state.rev = rev;
  return true;
}

/** Holidays up to the end of the year after this one: what runs over New Year has working days too. */
async function calendarOf(ledger: Ledger, config: QaConfig, now: WallClock): Promise<{ calendar: SiteCalendar; lastYear: number }> {
  const first = dayText(ledger.setting.from);
  const holidays = await holidaysOf(qaSite().holidays, yearsAround(first, now));
  return { calendar: { holidays, workingHours: config.workingHours }, lastYear: Number(now.slice(0, 4)) + 1 };
}

/** A control as the rules take it. */
function controlOf({ _id, objectId, moduleId, name, at, conform }: ControlRow): Control {
  return { id: _id, objectId, moduleId, name, at: at as WallClock | null, conform }; // written from a reading, where it was parsed
}
