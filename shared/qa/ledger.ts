import { dayNumberOf, type DayNumber } from './calendar.ts';
import { classify, type ClassifyRules, type LeftOutReason, type QaMachine, type Verdict } from './classify.ts';
import { TYPES_IN_ORDER, type Control, type QaType, type WallClock } from './controls.ts';
import { periodIndexOn, periodsBetween } from './periods.ts';

/** What decides where a control goes. When one of these changes, the ledger is made anew. */
export interface LedgerSetting {
  readonly machines: readonly QaMachine[];
  readonly rules: ClassifyRules;
  readonly weekendCountsForEndingWeek: boolean;
  /** First day that is judged: the periods that hold it and later ones. */
  readonly from: DayNumber;
}

/** The controls of one machine and type. `loose` ones lie in no judged period: they say whether a machine has the type, and what its latest control is. */
export interface Shelf {
  readonly cells: Map<number, Place>;
  readonly loose: Map<number, Control>;
  /** Periods whose controls changed since they were last judged; null: none was judged yet. */
  dirty: Set<number> | null;
}

/** The controls of one machine, type and period. */
interface Place {
  readonly shelf: Shelf;
  readonly period: number;
  controls: Control[];
}

/** A control on the page "Contrôles non classés". */
export interface LeftOut {
  readonly control: Control;
  readonly reason: LeftOutReason;
  readonly machine: string | null;
  readonly type: QaType | null;
}

/** All controls, each in its place. One per process; changed by `applyChanges` only. */
export interface Ledger {
  readonly setting: LedgerSetting;
  /** Index of the first judged period of each type. */
  readonly first: Readonly<Record<QaType, number>>;
  readonly shelves: ReadonlyMap<string, Readonly<Record<QaType, Shelf>>>;
  readonly machineOf: ReadonlyMap<number, QaMachine>;
  /** Where each control is: in a period, loose on a shelf, or (null) nowhere. */
  readonly places: Map<number, Place | Shelf | null>;
  readonly leftOut: Map<number, LeftOut>;
  /** Controls dated later than the moment at which they were read. */
  readonly ahead: Map<number, LeftOut>;
}

export interface ControlChanges {
  readonly changed: readonly Control[];
  readonly removed?: readonly number[];
}

/** A ledger without controls. */
export function emptyLedger(setting: LedgerSetting): Ledger {
  return {
    setting,
    first: { CQH: firstOf('CQH', setting), CQM: firstOf('CQM', setting), CQS: firstOf('CQS', setting), CQQ: firstOf('CQQ', setting) },
    shelves: new Map(setting.machines.map((machine) => [machine.id, { CQH: shelf(), CQM: shelf(), CQS: shelf(), CQQ: shelf() }])),
    machineOf: new Map(
      setting.machines.flatMap((machine) => (machine.artiscanObjectId ? [[machine.artiscanObjectId, machine] as const] : [])),
    ),
    places: new Map(),
    leftOut: new Map(),
    ahead: new Map(),
  };
}

/**
 * Puts changed controls (new, renamed, re-dated) in their place and takes removed ones away. Each costs the same however many controls there are. `now` is
 * the site's wall clock; it may only advance from one call to the next.
 */
export function applyChanges(ledger: Ledger, { changed, removed = [] }: ControlChanges, now: WallClock): void {
  for (const id of removed) take(ledger, id);
  for (const control of changed) {
    take(ledger, control.id);
    put(ledger, control, now);
  }
}

/** What is left out, or counts and should be looked at, at a moment; in the order of the controls' numbers. */
export function leftOutAt(ledger: Ledger, now: WallClock): LeftOut[] {
  const all = new Map(ledger.leftOut);
  for (const [id, one] of ledger.ahead) if ((one.control.at ?? '') > now) all.set(id, one);
  return [...all.values()].sort((a, b) => a.control.id - b.control.id);
}

/** The types of which a machine has at least one control, whatever its date. */
export function typesSeen(ledger: Ledger, machine: string): QaType[] {
  const shelves = ledger.shelves.get(machine);
  return TYPES_IN_ORDER.filter((type) => shelves && shelves[type].cells.size + shelves[type].loose.size > 0);
}

function put(ledger: Ledger, control: Control, now: WallClock): void {
  const machine = ledger.machineOf.get(control.objectId);
  const verdict = classify(control, machine, ledger.setting.rules);
  const shelves = machine && ledger.shelves.get(machine.id);
  if (!shelves || verdict.kind !== 'classified') {
    ledger.places.set(control.id, null);
    ledger.leftOut.set(control.id, { control, reason: leftBy(verdict), machine: machine?.id ?? null, type: null });
    return;
  }
  const { type } = verdict;
  const period = periodOf(control, type, ledger);
  shelve(ledger, control, shelves[type], typeof period === 'number' ? period : null);
  const reason = typeof period === 'number' ? worthALook(verdict, machine) : period;
  if (reason) ledger.leftOut.set(control.id, { control, reason, machine: machine.id, type });
  if (control.at !== null && control.at > now) ledger.ahead.set(control.id, { control, reason: 'date.future', machine: machine.id, type });
}

/** Why a control that counts is listed nevertheless. */
function worthALook({ type, ambiguous }: Verdict & { kind: 'classified' }, { qaTypes }: QaMachine): LeftOutReason | null {
  if (!qaTypes.includes(type)) return 'type.not-required';
  return ambiguous ? 'ambiguous' : null;
}

function leftBy(verdict: Verdict): LeftOutReason {
  if (verdict.kind === 'excluded') return 'excluded';
  return verdict.kind === 'unclassified' ? verdict.reason : 'machine.unknown';
}

/** The period of a control, or why it lies in none that is judged. */
function periodOf(control: Control, type: QaType, { first, setting }: Ledger): number | LeftOutReason {
  if (control.at === null) return 'date.missing';
  const day = dayNumberOf(control.at);
  const index = periodIndexOn(type, day, setting.weekendCountsForEndingWeek);
  if (index === undefined) return day < setting.from ? 'date.outside' : 'date.weekend';
  return index < first[type] ? 'date.outside' : index;
}

/** The period that holds the first day, judged as a whole, its earlier days too; the next one when that day is a weekend's. */
function firstOf(type: QaType, { from }: LedgerSetting): number {
  return periodsBetween(type, from, from + 7)[0]?.index ?? from;
}

function shelve(ledger: Ledger, control: Control, on: Shelf, period: number | null): void {
  if (period === null) {
    on.loose.set(control.id, control);
    ledger.places.set(control.id, on);
    return;
  }
  const there = on.cells.get(period);
  const place = there ?? { shelf: on, period, controls: [control] };
  if (there) there.controls.push(control);
  else on.cells.set(period, place);
  ledger.places.set(control.id, place);
  on.dirty?.add(period);
}

function take(ledger: Ledger, id: number): void {
  const place = ledger.places.get(id);
  if (place === undefined) return;
  ledger.places.delete(id);
  ledger.leftOut.delete(id);
  ledger.ahead.delete(id);
  if (place === null) return;
  if ('loose' in place) {
    place.loose.delete(id);
    return;
  }
  const { shelf: on, period } = place;
  place.controls = place.controls.filter((control) => control.id !== id);
  if (place.controls.length === 0) on.cells.delete(period);
  on.dirty?.add(period);
}

function shelf(): Shelf {
  return { cells: new Map(), loose: new Map(), dirty: null };
}
