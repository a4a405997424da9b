import { seededRandom, pick } from '#shared/random.ts';
import { dayText, dayNumberOf, isoWeekday } from '#shared/qa/calendar.ts';
import type { QaMachine } from '#shared/qa/classify.ts';
import { wallClockAt, type Control, type QaType } from '#shared/qa/controls.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';

export const FIRST_YEAR = 2012;
export const YEARS = 15;
const MACHINES = 40;
/** So many machines have their daily control in Artiscan: the number of controls comes to about 100,000. */
const WITH_DAILY = 14;

const NAMES: Readonly<Record<QaType, readonly string[]>> = {
  CQH: ['Hebdo faisceaux', 'Hebdo MLC', 'Contrôle hebdomadaire'],
  CQM: ['CQM', 'Contrôle qualité mensuel', 'Controles qualite mensuel MV'],
  CQS: ['CQS', 'Contrôles qualités semestriels'],
  CQQ: ['Top du jour', 'CQQ', 'Contrôle quotidien'],
};

/** Forty machines, four of them known by name only. */
export function manyMachines(): QaMachine[] {
  return Array.from({ length: MACHINES }, (_, index) => ({
    id: `machine-${index}`,
    artiscanObjectId: 1000 + index,
    byNameOnly: index % 10 === 9,
    qaTypes: index < WITH_DAILY ? ['CQH', 'CQM', 'CQS', 'CQQ'] : ['CQH', 'CQM', 'CQS'],
  }));
}

/** Fifteen years of their controls; one in fifty was forgotten, one in a hundred has another's name or was to be deleted. Names carry their date. */
export function manyControls(machines: readonly QaMachine[]): Control[] {
  const random = seededRandom(15);
  const controls: Control[] = [];
  const first = dayNumberOf(`${FIRST_YEAR}-01-01`);
  const last = dayNumberOf(`${FIRST_YEAR + YEARS - 1}-12-31`);
  for (let day = first; day <= last; day += 1) {
    for (const machine of machines) {
      for (const type of machine.qaTypes) if (isDue(type, day) && random() > 0.02) controls.push(controlOf(machine, type, day));
    }
  }
  return controls;

  function controlOf({ artiscanObjectId = 0, byNameOnly }: QaMachine, type: QaType, day: number): Control {
    const text = dayText(day);
    const said = byNameOnly ? `${type} ${pick(random, NAMES[type])}` : pick(random, NAMES[type]);
    const name = random() < 0.01 ? `${said} à supp` : `${said} ${text}`;
    const at = wallClockAt(text, `0${6 + Math.floor(random() * 3)}:${10 + Math.floor(random() * 49)}`);
    return {
      id: controls.length + 1,
      objectId: artiscanObjectId,
      moduleId: byNameOnly ? 24 : pick(random, DEFAULT_QA_CONFIG.modules[type]),
      name,
      at,
      conform: null,
    };
  }
}

function isDue(type: QaType, day: number): boolean {
  const weekday = isoWeekday(day);
  if (type === 'CQQ') return weekday <= 5;
  if (type === 'CQH') return weekday === 2;
  const date = dayText(day);
  return type === 'CQM' ? date.endsWith('-10') : date.endsWith('-03-15') || date.endsWith('-09-15');
}
