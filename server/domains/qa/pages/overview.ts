import { dayNumberOf, isoWeekOf, isoWeeksIn, type DayNumber } from '#shared/qa/calendar.ts';
import type { QaType, WallClock } from '#shared/qa/controls.ts';
import { evaluateMachine, type MachineEvaluation, type TypeEvaluation, type View } from '#shared/qa/evaluate.ts';
import { leftOutAt } from '#shared/qa/ledger.ts';
import { isDueSoon } from '#shared/qa/machine-light.ts';
import type { Overview } from '#shared/qa/page-schemas.ts';
import type { Cell } from '#shared/qa/states.ts';
import type { Context } from '#server/platform/context.ts';
import { currentLights } from '../service.ts';
import { sourceState } from '../synchronise.ts';
import { countOf, latestFirst, pageAt, rateOrNull, yearBefore, type PageMachine } from './page.ts';

/** The machines in service with their lights, and where each type of control stands. */
export async function overview(ctx: Context): Promise<Overview> {
  const at = ctx.now();
  const { picture, machines } = await pageAt(at);
  const { view } = picture;
  const lights = new Map((await currentLights(at)).map((light) => [light.machine, light]));
  const today = isoWeekOf(dayNumberOf(view.now));
  return {
    source: await sourceState(),
    year: { year: today.year, week: today.week, weeks: isoWeeksIn(today.year) },
    unclassified: leftOutAt(view.ledger, view.now).length,
    machines: machines.flatMap((one) => {
      const light = lights.get(one.machine.id);
      return light ? [{ machine: one.machine.id, light, ...standingOf(one, view) }] : [];
    }),
  };
}

type Progress = Overview['machines'][number]['types'][number];

function standingOf(one: PageMachine, view: View): Pick<Overview['machines'][number], 'types' | 'rate' | 'latest'> {
  const { machine, types, context } = one;
  const evaluation = types.length > 0 ? evaluateMachine(view, machine.id, context) : {};
  return {
    types: types.flatMap((type) => progressOf(type, evaluation[type], one, view) ?? []),
    rate: yearsRate(types, evaluation, dayNumberOf(view.now)),
    latest: types.map((type) => evaluation[type]?.latest?.at ?? null).reduce(later, null),
  };
}

function progressOf(type: QaType, judged: TypeEvaluation | undefined, { context }: PageMachine, view: View): Progress | undefined {
  const cell = judged?.running ?? judged?.lastCompleted ?? judged?.cells.at(-1);
  if (!cell) return undefined;
  const { period, state, justified } = cell;
  const dueSoon = isDueSoon(judged?.running ?? null, context, view);
  return { type, state, justified, conform: conformityOf(cell), dueSoon, label: period.label, to: period.to };
}

/** What the latest control of a period says; null when there is none, or nobody knows. */
function conformityOf({ controls }: Cell): boolean | null {
  return controls.toSorted(latestFirst)[0]?.conform ?? null;
}

/** The rate of the periods that ended in the last twelve months, daily controls apart: there are so many that they would hide the others. */
function yearsRate(types: readonly QaType[], evaluation: MachineEvaluation, today: DayNumber): number | null {
  const wanted = types.filter((type) => type !== 'CQQ');
  if (wanted.length === 0) return null;
  const since = yearBefore(today);
  const cells = wanted.flatMap((type) => (evaluation[type]?.cells ?? []).filter(({ period }) => period.toDay > since));
  return rateOrNull(countOf(cells)) ?? NOTHING_TO_JUDGE;
}
/** The rate of a machine of which nothing is to be judged yet. */
const NOTHING_TO_JUDGE = 100;

function later(a: WallClock | null, b: WallClock | null): WallClock | null {
  return a !== null && (b === null || a >= b) ? a : b;
}
