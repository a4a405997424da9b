import { dateOf, dayNumber, dayNumberOf, dayText, isoWeekday, type DayNumber } from '#shared/qa/calendar.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { seededRandom } from '#shared/random.ts';
import { holidaysOf } from '#server/domains/qa/holidays.ts';
import { DEMO_MACHINES } from '../data.ts';
import type { SimulatedControl } from './database.ts';
import { MODULES, NAMES, oddControls, type DemoType } from './names.ts';

const MONTHS = 20;
const TYPE_ORDER: readonly DemoType[] = ['CQQ', 'CQH', 'CQM', 'CQS'];

/** A control as the demo's department plans it: when it will be done, if all goes well. */
interface Planned {
  machine: string;
  type: DemoType;
  day: DayNumber;
  /** First and last day of its period. */
  from: DayNumber;
  to: DayNumber;
  control: SimulatedControl & { at: string };
}

export interface DemoPlan {
  /** What Artiscan holds when the demo begins. */
  done: SimulatedControl[];
  /** What is due and will be done while one looks, the first first. */
  due: SimulatedControl[];
  /** What will be done at its hour, by date. */
  ahead: (SimulatedControl & { at: string })[];
  /** The control that somebody marks for deletion during the night. */
  renamed: { id: number; name: string };
}

/**
 * The controls of the demo's machines over twenty months, the same for the same day. Numbers come from machine, type and day: a demo that is started again
 * on the same data finds its controls.
 *
 * Its stories: NOVALIS missed a week six weeks ago, Versa HD 2 a month; TOMO2 missed last week and this one's is still to be done; this morning's
 * control of Versa HD 5 is late; on Versa HD 3 one was not conform and was done again.
 */
export async function planControls(now: Date, zone = 'Europe/Paris'): Promise<DemoPlan> {
  const wall = wallClockIn(zone, now);
  const today = dayNumberOf(wall);
  const { year, month } = dateOf(today);
  const first = dayNumber(year, month, 1) - Math.round(MONTHS * 30.4);
  const years = Array.from({ length: 4 }, (_, index) => dateOf(first).year + index);
  const holidays = await holidaysOf('FR', years);
  const isWorking = (day: DayNumber): boolean => isoWeekday(day) <= 5 && !holidays.has(dayText(day));
  const planned = DEMO_MACHINES.flatMap((machine, index) => planOf(machine, index, { first, last: today + 14, isWorking }));
  const past = planned.filter(({ control }) => control.at <= wall);
  const left = past.filter((one) => !isForgotten(one, today) && !isLate(one, today));
  const monthly = left.filter(({ machine, type }) => machine === 'versa-hd-4' && type === 'CQM').at(-1);
  return {
    done: [...left.map(({ control }) => control), ...oddControls(today)],
    due: past.filter((one) => isLate(one, today)).map(({ control }) => control),
    ahead: planned
      .map(({ control }) => control)
      .filter(({ at }) => at > wall)
      .sort((one, other) => (one.at < other.at ? -1 : 1)),
    renamed: { id: Number(monthly?.control.id ?? 0), name: 'CQM à supp' },
  };
}

interface Span {
  first: DayNumber;
  last: DayNumber;
  isWorking: (day: DayNumber) => boolean;
}

function planOf(machine: (typeof DEMO_MACHINES)[number], index: number, { first, last, isWorking }: Span): Planned[] {
  const random = seededRandom(machine.artiscanObjectId ?? index);
  const planned: Planned[] = [];
  const add = (type: DemoType, wanted: DayNumber, period: { from: DayNumber; to: DayNumber }, minute: number): void => {
    let day = wanted;
    while (!isWorking(day) && day < period.to) day++;
    if (!isWorking(day)) return;
    const place = TYPE_ORDER.indexOf(type);
    const at = `${dayText(day)}T${clock(minute)}:${String(Math.floor(random() * 60)).padStart(2, '0')}.000`;
    const names = NAMES[type];
    const name = machine.byNameOnly ? `${type} ${machine.name}` : (names[(index + place) % names.length] ?? type);
    const modules = machine.byNameOnly ? [24, 26] : MODULES[type];
    const id = day * 1000 + index * 10 + place;
    const control = { id, objectId: machine.artiscanObjectId ?? null, moduleId: modules[index % modules.length] ?? null, name, at };
    planned.push({ machine: machine.id, type, day, ...period, control });
  };
  for (let day = first; day <= last; day++) {
    const { year, month, day: date } = dateOf(day);
    if (isWorking(day)) add('CQQ', day, { from: day, to: day }, 425 + index * 4 + Math.floor(random() * 20));
    if (isoWeekday(day) === 1) add('CQH', day + (index % 5), { from: day, to: day + 4 }, 1000 + index * 9);
    if (date === 1) {
      const end = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
      add('CQM', day + 2 + index, { from: day, to: end - 1 }, 1080 + index * 7);
      if (month === 3 || month === 9) add('CQS', day + 8 + index, { from: day, to: day + 90 }, 1110 + index * 5);
    }
  }
  return planned;
}

/** What was not done and never will be. */
function isForgotten({ machine, type, from, to }: Planned, today: DayNumber): boolean {
  const monday = today - isoWeekday(today) + 1;
  if (machine === 'novalis' && type === 'CQH') return from === monday - 42;
  if (machine === 'versa-hd-2' && type === 'CQM') return from < today - 150 && to >= today - 150;
  // The last week that is over: on a weekend this one.
  return machine === 'tomo2' && type === 'CQH' && from === (isoWeekday(today) > 5 ? monday : monday - 7);
}

/** What is due and not done when the demo begins. */
function isLate({ machine, type, day, from, to }: Planned, today: DayNumber): boolean {
  if (machine === 'tomo2' && type === 'CQH') return from <= today && to >= today;
  return machine === 'versa-hd-5' && type === 'CQQ' && day === today;
}

/** Minutes of the day as `07:05`. */
function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
