import { dayNumberOf, dayText } from './calendar.ts';
import { dayOf, wallClockAt, type DayText, type QaType, type WallClock } from './controls.ts';
import type { MachineEvaluation, TypeEvaluation } from './evaluate.ts';
import type { DailyEntry, MachineContext } from './judge.ts';
import { holds, type Cell } from './states.ts';
import { workingDays, type SiteCalendar } from './working-days.ts';

/** `LightColour` of the contract, which is made of this file's reasons: written here so that neither file needs the other in turn. */
type LightColour = 'green' | 'amber' | 'red' | 'stopped' | 'justified' | 'unknown' | 'none';

/** The source that feeds a machine. Instants in milliseconds since 1970: its age is a length of time, not a reading of the site's clock. */
export interface SourceFacts {
  /** When it was last read without error; null: never. */
  readonly lastReadMs: number | null;
  readonly limitHours: number;
  /** Since when reading fails; null: the last reading worked. */
  readonly silentSinceMs: number | null;
}

/** Everything a machine's light depends on. */
export interface MachineFacts {
  /** Types the registry asks of the machine. */
  readonly types: readonly QaType[];
  readonly evaluation: MachineEvaluation;
  readonly context: MachineContext;
  readonly reportedDown: { readonly since: WallClock; readonly why: string } | null;
  /** Controls known as not conform that a physicist released. */
  readonly released: ReadonlySet<number>;
  /** null: nothing feeds the machine but what people enter (or a file read just now). */
  readonly source: SourceFacts | null;
  /** The light as it was determined before; null: never. It says whether the light would *turn* green. */
  readonly previous: LightColour | null;
}

/** The moment, on the site's clock and as an instant, and what the site decided. */
export interface LightMoment {
  readonly now: WallClock;
  readonly nowMs: number;
  readonly calendar: SiteCalendar;
  readonly dueHour: string;
}

/** Why a light is what it is. Words: shared/messages/qa.ts. Times on the site's clock, `…Ms` as instants. */
export type LightReason =
  | { readonly code: 'stopped.downtime' | 'stopped.maintenance'; readonly until: WallClock | null }
  | { readonly code: 'down.reported'; readonly since: WallClock; readonly why: string }
  | { readonly code: 'daily.failed'; readonly day: DayText }
  | { readonly code: 'daily.missing'; readonly dueHour: string }
  | { readonly code: 'period.missed' | 'period.justified'; readonly type: QaType; readonly label: string; readonly to: DayText }
  | { readonly code: 'control.not-conform'; readonly type: QaType; readonly control: number; readonly at: WallClock }
  | { readonly code: 'source.never' }
  | { readonly code: 'source.old' | 'source.silent'; readonly sinceMs: number }
  | { readonly code: 'period.due'; readonly type: QaType; readonly label: string; readonly to: DayText; readonly daysLeft: number };

/** A light with its reasons. It must not be believed at or after `until` (site's clock) nor after `untilMs`: time alone may change it then. */
export interface MachineLight {
  readonly light: LightColour;
  readonly reasons: readonly LightReason[];
  readonly until: WallClock;
  readonly untilMs: number | null;
}

const HOUR_MS = 3_600_000;
/** "Less than two working days left, today included." */
const DUE_SOON_DAYS = 2;

/** The light of a machine at a moment: the first line of the page's table that holds. Source: `qa.md`, "Light of a machine, now". */
export function lightOf(facts: MachineFacts, moment: LightMoment): MachineLight {
  const { light, reasons } = firstThatHolds(facts, moment);
  return { light, reasons, until: untilOf(facts, moment), untilMs: staleAtMs(facts, moment) };
}

type Said = Pick<MachineLight, 'light' | 'reasons'>;

function firstThatHolds(facts: MachineFacts, moment: LightMoment): Said {
  const stopped = stops(facts, moment);
  if (stopped.length > 0) return { light: 'stopped', reasons: stopped };
  const evaluations = evaluationsOf(facts);
  const late = evaluations.flatMap(lateOf);
  const red = [...reported(facts), ...daily(facts, moment), ...late.filter(isMissed), ...notConform(facts, evaluations)];
  if (red.length > 0) return { light: 'red', reasons: red };
  // A machine that needs no control needs no source either: that Artiscan is silent says nothing about a scanner.
  if (facts.types.length === 0) return { light: 'none', reasons: [] };
  const unknown = old(facts.source, moment.nowMs);
  if (unknown.length > 0) return { light: 'unknown', reasons: unknown };
  const silent = silence(facts.source);
  if (late.length > 0) return { light: 'justified', reasons: [...late, ...silent] };
  const due = evaluations.flatMap((evaluation) => dueOf(evaluation, facts, moment));
  if (due.length > 0) return { light: 'amber', reasons: [...due, ...silent] };
  // While the source is silent nobody knows what it would say: a green light may stay until its limit, none may turn green.
  if (silent.length > 0 && facts.previous !== 'green') return { light: 'unknown', reasons: silent };
  return { light: 'green', reasons: silent };
}

type Typed = readonly [type: QaType, evaluation: TypeEvaluation];

function evaluationsOf({ types, evaluation }: MachineFacts): Typed[] {
  return types.flatMap((type) => {
    const one = evaluation[type];
    return one ? [[type, one] as const] : [];
  });
}

function stops({ context }: MachineFacts, { now }: LightMoment): LightReason[] {
  return context.downtime
    .filter(({ from, to }) => from <= now && (to === null || now < to))
    .map(({ kind, to }) => ({ code: `stopped.${kind}` as const, until: to }));
}

function reported({ reportedDown }: MachineFacts): LightReason[] {
  return reportedDown ? [{ code: 'down.reported', ...reportedDown }] : [];
}

/** The daily control: failed until a later one is known to pass, or missing once its hour has come. */
function daily(facts: MachineFacts, { now, dueHour }: LightMoment): LightReason[] {
  if (!facts.types.includes('CQQ')) return [];
  const evaluation = facts.evaluation.CQQ;
  const failed = failedEntry(facts.context.daily, now, evaluation);
  if (failed) return [{ code: 'daily.failed', day: failed.day }];
  const due = wallClockAt(dayOf(now), dueHour);
  return evaluation?.running?.state === 'running' && now >= due ? [{ code: 'daily.missing', dueHour }] : [];
}

function failedEntry(entries: readonly DailyEntry[], now: WallClock, evaluation: TypeEvaluation | undefined): DailyEntry | undefined {
  // By day first: that yesterday's is written down as passed this morning says nothing of today's, which failed.
  const last = entries.filter(({ at }) => at <= now).reduce<DailyEntry | undefined>((a, b) => (a && isLater(a, b) ? a : b), undefined);
  if (last?.outcome !== 'fail') return undefined;
  const latest = evaluation?.latest;
  const passedSince = latest?.conform === true && (latest.at ?? '') > last.at;
  return passedSince ? undefined : last;
}

function isLater(a: DailyEntry, b: DailyEntry): boolean {
  return a.day === b.day ? a.at > b.at : a.day > b.day;
}

type Late = LightReason & { readonly code: 'period.missed' | 'period.justified' };

/** The latest completed period was missed and the running one is not done either (on a weekend no week runs: nothing is done). */
function lateOf([type, { lastCompleted, running }]: Typed): Late[] {
  if (lastCompleted?.state !== 'missed' || running?.state === 'done') return [];
  const { label, to } = lastCompleted.period;
  return [{ code: lastCompleted.justified ? 'period.justified' : 'period.missed', type, label, to }];
}

function isMissed({ code }: Late): boolean {
  return code === 'period.missed';
}

function notConform({ released }: MachineFacts, evaluations: readonly Typed[]): LightReason[] {
  return evaluations.flatMap(([type, { latest }]) =>
    latest?.at && latest.conform === false && !released.has(latest.id)
      ? [{ code: 'control.not-conform' as const, type, control: latest.id, at: latest.at }]
      : [],
  );
}

function old(source: SourceFacts | null, nowMs: number): LightReason[] {
  if (!source) return [];
  if (source.lastReadMs === null) return [{ code: 'source.never' }];
  return nowMs - source.lastReadMs > source.limitHours * HOUR_MS ? [{ code: 'source.old', sinceMs: source.lastReadMs }] : [];
}

function silence(source: SourceFacts | null): LightReason[] {
  return source && source.silentSinceMs !== null ? [{ code: 'source.silent', sinceMs: source.silentSinceMs }] : [];
}

function dueOf([type, { running }]: Typed, { context }: MachineFacts, moment: LightMoment): LightReason[] {
  if (!running || !isDueSoon(running, context, moment)) return [];
  const { label, to } = running.period;
  return [{ code: 'period.due', type, label, to, daysLeft: daysLeftIn(running, context, moment) }];
}

/** Whether a running period has less than two working days left, today included, and nothing is done in it. */
export function isDueSoon(running: Cell | null, context: MachineContext, moment: Pick<LightMoment, 'now' | 'calendar'>): boolean {
  return running?.state === 'running' && daysLeftIn(running, context, moment) < DUE_SOON_DAYS;
}

function daysLeftIn({ period }: Cell, { downtime }: MachineContext, { now, calendar }: Pick<LightMoment, 'now' | 'calendar'>): number {
  return workingDays(dayNumberOf(now), period.toDay, calendar, downtime);
}

/** The next reading of the site's clock at which the light may change by itself: midnight at the latest. */
function untilOf({ context, evaluation }: MachineFacts, { now, dueHour }: LightMoment): WallClock {
  const today = dayOf(now);
  const moments: (WallClock | null | undefined)[] = [
    wallClockAt(today, dueHour),
    ...context.downtime.flatMap(({ from, to }) => [from, to]),
    ...context.justifications.filter((one) => holds(one, now)).map(({ expires }) => expires),
    ...context.daily.map(({ at }) => at),
    ...Object.values(evaluation).map(({ nextAhead }) => nextAhead),
  ];
  const midnight = wallClockAt(dayText(dayNumberOf(now) + 1));
  return moments.reduce<WallClock>((next, one) => (one && one > now && one < next ? one : next), midnight);
}

/** The instant after which the source has been read too long ago; null when that has happened, or nothing feeds the machine. */
function staleAtMs({ source, types }: MachineFacts, { nowMs }: LightMoment): number | null {
  if (!source || source.lastReadMs === null || types.length === 0) return null;
  const at = source.lastReadMs + source.limitHours * HOUR_MS;
  return at >= nowMs ? at : null;
}
