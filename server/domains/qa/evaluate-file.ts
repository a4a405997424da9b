import { qaFr } from '#shared/messages/qa-fr.ts';
import { lightSentence } from '#shared/messages/qa-sentences.ts';
import { dayText } from '#shared/qa/calendar.ts';
import type { LeftOutReason } from '#shared/qa/classify.ts';
import { TYPES_IN_ORDER, type DayText, type QaType, type WallClock } from '#shared/qa/controls.ts';
import { DEFAULT_QA_CONFIG, DEFAULT_QA_MACHINES } from '#shared/qa/default-config.ts';
import { distinct } from '#shared/qa/duplicates.ts';
import { evaluateMachine, type MachineEvaluation, type TypeEvaluation, type View } from '#shared/qa/evaluate.ts';
import { firstDay } from '#shared/qa/first-day.ts';
import { NOTHING_DECLARED } from '#shared/qa/judge.ts';
import { applyChanges, emptyLedger, leftOutAt, typesSeen } from '#shared/qa/ledger.ts';
import { lightOf } from '#shared/qa/machine-light.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { yearsAround } from '#shared/qa/site-periods.ts';
import type { PeriodState } from '#shared/qa/states.ts';
import { holidaysOf } from './holidays.ts';
import { compileRules } from './patterns.ts';
import { isFileFault, parseControlsCsv, type CsvFault } from './source/csv-file.ts';

/** What the command line prints: see `evaluateFile`. */
export interface FileEvaluation {
  readonly at: WallClock;
  readonly from: DayText;
  readonly machines: readonly FileMachine[];
  /** In the order of their numbers. One that is `ambiguous` counts nevertheless. */
  readonly unclassified: readonly { readonly id: number; readonly reason: LeftOutReason }[];
}

export interface FileMachine {
  /** The machine's number in Artiscan. */
  readonly id: number;
  readonly name: string;
  readonly light: LightColour;
  readonly reasons: readonly string[];
  readonly types: Partial<Record<QaType, FileType>>;
}

interface FileType {
  /** Percent to one decimal. */
  readonly rate: number;
  readonly periods: readonly FilePeriod[];
}

interface FilePeriod {
  readonly label: string;
  readonly from: DayText;
  readonly to: DayText;
  readonly state: PeriodState;
  readonly controls: readonly number[];
}

const COUNTRY = 'FR';

/**
 * Runs the rules with the default configuration on an export, as they were at a moment of the site's clock: so that a physicist can check them against years
 * of data before going live. Every machine of the default list is there; its types are those it has in the file; the file counts as read just now; nothing
 * is declared down and nothing justified.
 *
 * Periods go from the one that holds `from` to the one that runs at `at`. Without `from`, from 1 January of the year of the first control dated 2000 or
 * later. No evaluation when the file cannot be read at all; faults of single lines stand beside it.
 */
export async function evaluateFile(
  bytes: Uint8Array,
  { at, from }: { at: WallClock; from: DayText | null },
): Promise<{ evaluation: FileEvaluation | null; faults: readonly CsvFault[] }> {
  const { controls: rows, faults } = parseControlsCsv(bytes);
  if (faults.some(isFileFault)) return { evaluation: null, faults };
  const { controls, contradicting } = distinct(rows);
  const first = firstDay(from, controls, at);
  const machines = DEFAULT_QA_MACHINES.map(({ objectId, byNameOnly }) => ({
    id: String(objectId),
    artiscanObjectId: objectId,
    byNameOnly,
    qaTypes: TYPES_IN_ORDER,
  }));
  const { weekendCountsForEndingWeek, workingHours } = DEFAULT_QA_CONFIG;
  const ledger = emptyLedger({ machines, rules: compileRules(DEFAULT_QA_CONFIG), weekendCountsForEndingWeek, from: first });
  applyChanges(ledger, { changed: controls }, at);
  const holidays = await holidaysOf(COUNTRY, yearsAround(dayText(first), at));
  const view: View = { ledger, calendar: { holidays, workingHours }, now: at };
  const unclassified = [
    ...leftOutAt(ledger, at).map(({ control, reason }) => ({ id: control.id, reason })),
    ...contradicting.map(({ id }) => ({ id, reason: 'duplicate' as const })),
  ];
  const evaluation: FileEvaluation = {
    at,
    from: dayText(first),
    machines: DEFAULT_QA_MACHINES.map((machine) => ofMachine(view, machine)),
    unclassified: unclassified.sort((a, b) => a.id - b.id),
  };
  return { evaluation, faults };
}

function ofMachine(view: View, { objectId, name }: { objectId: number; name: string }): FileMachine {
  const types = typesSeen(view.ledger, String(objectId));
  const judged = evaluateMachine(view, String(objectId), NOTHING_DECLARED);
  const evaluation: MachineEvaluation = Object.fromEntries(types.map((type) => [type, judged[type]]));
  const facts = {
    types,
    evaluation,
    context: NOTHING_DECLARED,
    reportedDown: null,
    released: new Set<number>(),
    source: null,
    previous: null,
  };
  const moment = { now: view.now, nowMs: 0, calendar: view.calendar, dueHour: DEFAULT_QA_CONFIG.dueHour };
  const { light, reasons } = lightOf(facts, moment);
  return {
    id: objectId,
    name,
    light,
    reasons: reasons.map((reason) => lightSentence(reason, qaFr, String)),
    types: Object.fromEntries(Object.entries(evaluation).map(([type, one]) => [type, ofType(one)])),
  };
}

function ofType({ rate, cells }: TypeEvaluation): FileType {
  const periods = cells.map(({ period: { label, from, to }, state, controls }) => ({
    label,
    from,
    to,
    state,
    controls: controls.map(({ id }) => id).sort((a, b) => a - b),
  }));
  return { rate, periods };
}
