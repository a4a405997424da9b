import { dayNumberOf } from '#shared/qa/calendar.ts';
import { TYPES_IN_ORDER, parseWallClock, type Control, type WallClock } from '#shared/qa/controls.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { cellsOfYear, evaluateMachine, type View } from '#shared/qa/evaluate.ts';
import { NOTHING_DECLARED } from '#shared/qa/judge.ts';
import { applyChanges, emptyLedger, type Ledger, type LedgerSetting } from '#shared/qa/ledger.ts';
import { lightOf } from '#shared/qa/machine-light.ts';
import { periodsBetween } from '#shared/qa/periods.ts';
import { holidaysOf } from '#server/domains/qa/holidays.ts';
import { compileRules } from '#server/domains/qa/patterns.ts';
import { figuresOf, ms, ratio, row, title } from './figures.ts';
import { FIRST_YEAR, YEARS, manyControls, manyMachines } from './qa-data.ts';

const ROUNDS = 7;
/** A reading of the last five minutes and two days: a control or more of each machine. */
const SYNCHRONISED = 100;
const WORKING_HOURS = DEFAULT_QA_CONFIG.workingHours;
const NOW = clock(`${FIRST_YEAR + YEARS - 1}-11-20T12:00`);
const MACHINES = manyMachines();

/** Fifteen years of forty machines: everything judged, one reading more, a page's data; beside it the seed's way, the whole list filtered for each cell. */
export async function benchQa(): Promise<void> {
  const controls = manyControls(MACHINES);
  title(`Quality control, ${YEARS} years × ${MACHINES.length} machines, ${controls.length} controls`);
  const years = Array.from({ length: YEARS + 1 }, (_, index) => FIRST_YEAR + index);
  const holidays = await holidaysOf('FR', years);
  const spent: Spent = { full: [], incremental: [], page: [], seed: [] };
  // A calendar of its own each round: nothing judged before may help.
  for (let round = 0; round < ROUNDS; round += 1) oneRound(controls, { holidays: new Set(holidays), workingHours: WORKING_HOURS }, spent);
  const median = (values: readonly number[]): number => figuresOf(values).p50;
  row('everything classified and judged, 40 lights', ms(median(spent.full)), 'aim ≤ 200 ms');
  row(`a reading of ${SYNCHRONISED} changed controls, 40 lights`, ms(median(spent.incremental)), 'aim ≤ 10 ms');
  row('the year’s tables of all types, 40 machines, as JSON', ms(median(spent.page)), 'aim ≤ 100 ms');
  row('the seed’s way: one year of one machine, three types', ms(median(spent.seed)));
  const whole = median(spent.seed) * MACHINES.length * YEARS;
  row('the seed’s way: so many years and machines (by reckoning)', ms(whole), ratio(whole / median(spent.full)));
}

type Spent = Record<'full' | 'incremental' | 'page' | 'seed', number[]>;

function oneRound(controls: readonly Control[], calendar: View['calendar'], spent: Spent): void {
  const { ms: fullMs, result: view } = timed(() => judgedFromNothing(controls, calendar));
  spent.full.push(fullMs);
  for (const changed of readings(controls)) spent.incremental.push(timed(() => judgedAgain(view, changed)).ms);
  spent.page.push(timed(() => yearsPage(view)).ms);
  spent.seed.push(timed(() => seedsWay(controls, view.ledger.setting)).ms);
}

function judgedFromNothing(controls: readonly Control[], calendar: View['calendar']): View {
  const setting: LedgerSetting = {
    machines: MACHINES,
    rules: compileRules(DEFAULT_QA_CONFIG),
    weekendCountsForEndingWeek: false,
    from: dayNumberOf(`${FIRST_YEAR}-01-01`),
  };
  const ledger: Ledger = emptyLedger(setting);
  applyChanges(ledger, { changed: controls }, NOW);
  const view = { ledger, calendar, now: NOW };
  allLights(view);
  return view;
}

function judgedAgain(view: View, changed: readonly Control[]): void {
  applyChanges(view.ledger, { changed }, NOW);
  allLights(view);
}

function allLights(view: View): string[] {
  return MACHINES.map(({ id, qaTypes }) => {
    const evaluation = evaluateMachine(view, id, NOTHING_DECLARED);
    const facts = {
      types: qaTypes,
      evaluation,
      context: NOTHING_DECLARED,
      reportedDown: null,
      released: new Set<number>(),
      source: null,
      previous: null,
    };
    return lightOf(facts, { now: view.now, nowMs: 0, calendar: view.calendar, dueHour: '08:30' }).light;
  });
}

function yearsPage(view: View): string {
  const year = FIRST_YEAR + YEARS - 1;
  const tables = TYPES_IN_ORDER.map((type) =>
    MACHINES.map(({ id }) =>
      cellsOfYear(view, id, NOTHING_DECLARED, { type, year }).map(({ period, state, justified, controls }) => ({
        label: period.label,
        state,
        justified,
        controls: controls.map((control) => control.id),
      })),
    ),
  );
  return JSON.stringify(tables);
}

/** Renamed and re-dated controls of the last days, another lot each time. */
function readings(controls: readonly Control[]): Control[][] {
  return Array.from({ length: 5 }, (_, lot) =>
    controls
      .slice(-SYNCHRONISED * (lot + 1))
      .slice(0, SYNCHRONISED)
      .map((control, index) => ({ ...control, name: `${control.name} ${lot}-${index}` })),
  );
}

/** As the script does it: for each cell of a table, the whole list is gone through for the machine, the type by its name, and the dates. */
function seedsWay(controls: readonly Control[], { rules }: LedgerSetting): number {
  const [machine] = MACHINES;
  let done = 0;
  for (const type of ['CQH', 'CQM', 'CQS'] as const) {
    for (const { from, to } of seedPeriods(type)) {
      const found = controls.filter(
        ({ objectId, moduleId, name, at }) =>
          objectId === machine?.artiscanObjectId &&
          at !== null &&
          at.slice(0, 10) >= from &&
          at.slice(0, 10) <= to &&
          isOf(type, moduleId, name),
      );
      if (found.length > 0) done += 1;
    }
  }
  return done;

  function isOf(type: 'CQH' | 'CQM' | 'CQS', moduleId: number | null, name: string): boolean {
    const match = rules.match(name);
    return !match.excluded && (match.types.includes(type) || rules.typeOfModule.get(moduleId ?? 0) === type);
  }
}

function seedPeriods(type: 'CQH' | 'CQM' | 'CQS') {
  const year = FIRST_YEAR + YEARS - 1;
  return periodsBetween(type, dayNumberOf(`${year}-01-01`), dayNumberOf(`${year}-12-31`));
}

function timed<T>(work: () => T): { ms: number; result: T } {
  const start = performance.now();
  const result = work();
  return { ms: performance.now() - start, result };
}

function clock(text: string): WallClock {
  const at = parseWallClock(text);
  if (!at) throw new Error(`${text} is no date-time.`);
  return at;
}
