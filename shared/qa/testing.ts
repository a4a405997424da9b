import { dayNumberOf } from './calendar.ts';
import { typesOfModules, type QaMachine } from './classify.ts';
import { TYPES_IN_ORDER, parseWallClock, type Control, type DayText, type WallClock } from './controls.ts';
import { DEFAULT_QA_CONFIG } from './default-config.ts';
import type { View } from './evaluate.ts';
import { applyChanges, emptyLedger } from './ledger.ts';

/** For tests: a date-time that is known to be good. */
export function clock(text: string): WallClock {
  const at = parseWallClock(text);
  if (!at) throw new Error(`${text} is no date-time of a wall clock`);
  return at;
}

/** For tests: a weekly control of machine 145, or what is said otherwise. */
export function control(id: number, other: Partial<Control> = {}): Control {
  return { id, objectId: 145, moduleId: 66, name: 'Hebdo', at: clock('2026-11-17T08:00'), conform: null, ...other };
}

/** Modules by which the tests name a type. */
export const MODULE_OF = { CQH: 66, CQM: 97, CQS: 96, CQQ: 25 } as const;

export const MACHINE: QaMachine = { id: 'versa-hd-3', artiscanObjectId: 145, byNameOnly: false, qaTypes: ['CQH'] };

interface Given {
  readonly now: string;
  readonly machines?: readonly QaMachine[];
  readonly from?: DayText;
  readonly holidays?: readonly DayText[];
  readonly weekendCountsForEndingWeek?: boolean;
}

/** For tests: controls seen at a moment. Names say a type or `test` by being it; the real name rules are the server's. */
export function viewOf(controls: readonly Control[], given: Given): View {
  const ledger = emptyLedger({
    machines: given.machines ?? [MACHINE],
    rules: {
      typeOfModule: typesOfModules(DEFAULT_QA_CONFIG.modules),
      match: (name) => ({ excluded: name.includes('test'), types: TYPES_IN_ORDER.filter((type) => name.includes(type)) }),
    },
    weekendCountsForEndingWeek: given.weekendCountsForEndingWeek ?? false,
    from: dayNumberOf(given.from ?? '2026-10-05'),
  });
  const now = clock(given.now);
  applyChanges(ledger, { changed: controls }, now);
  return { ledger, calendar: { holidays: new Set(given.holidays), workingHours: DEFAULT_QA_CONFIG.workingHours }, now };
}
