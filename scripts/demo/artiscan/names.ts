import { dayText, isoWeekday, type DayNumber } from '#shared/qa/calendar.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import type { SimulatedControl } from './database.ts';

export type DemoType = 'CQH' | 'CQM' | 'CQS' | 'CQQ';

export const MODULES: Readonly<Record<DemoType, readonly number[]>> = DEFAULT_QA_CONFIG.modules;

/** Names as people type them: with and without accents, in both forms of Unicode. */
export const NAMES: Readonly<Record<DemoType, readonly string[]>> = {
  CQQ: ['Top du jour', 'CQQ', 'Contrôle quotidien', 'top jour 6 MV'],
  CQH: [
    'CQH',
    'Contrôle qualité hebdo',
    'CQH 6 MV 10 MV',
    'Controle qualite hebdomadaire',
    'Contrôle qualité hebdomadaire'.normalize('NFD'),
  ],
  CQM: ['CQM', 'Contrôle qualité mensuel', 'CQM MLC et imagerie', 'Contrôle qualité mensuel'.normalize('NFD')],
  CQS: ['CQS', 'Contrôle qualité semestriel', 'CQS faisceaux'],
};

const VERSA_3 = 145;
const VERSA_5 = 162;
const TOMO1 = 99;

/** What every real database holds too: tests, what is marked for deletion, unknown machines, two types in one name, a date that was never entered. */
export function oddControls(today: DayNumber): SimulatedControl[] {
  const at = (daysAgo: number, time: string): string => `${dayText(today - daysAgo)}T${time}.000`;
  const saturday = today - isoWeekday(today) - 8;
  const odd: Omit<SimulatedControl, 'id'>[] = [
    { objectId: VERSA_3, moduleId: 66, name: 'test CQH', at: at(12, '12:10:00') },
    { objectId: VERSA_5, moduleId: 97, name: 'Essai film EBT4', at: at(33, '18:42:10') },
    { objectId: TOMO1, moduleId: 24, name: 'CQM a supprimer', at: at(48, '19:02:00') },
    { objectId: 777, moduleId: 66, name: 'CQH curiethérapie', at: at(9, '14:00:00') },
    { objectId: 777, moduleId: 97, name: 'CQM curiethérapie', at: at(20, '14:00:00') },
    { objectId: VERSA_5, moduleId: 500, name: 'Étalonnage chambre PTW', at: at(26, '16:31:00') },
    { objectId: TOMO1, moduleId: 26, name: 'Uniformité du champ', at: at(5, '17:20:00') },
    { objectId: 182, moduleId: 96, name: 'CQM et CQS combinés', at: at(62, '18:00:00') },
    { objectId: 177, moduleId: 95, name: 'CQM MLC', at: at(71, '18:00:00') },
    { objectId: 25, moduleId: 66, name: 'CQH rattrapage', at: `${dayText(saturday)}T10:15:00.000` },
    { objectId: 159, moduleId: 66, name: 'CQH', at: null },
    { objectId: VERSA_3, moduleId: 66, name: 'CQH 10 MV', at: at(118, '17:05:00'), results: [true, false, true] },
    { objectId: VERSA_3, moduleId: 66, name: 'CQH 10 MV après réglage', at: at(118, '18:50:00'), results: [true, true, true] },
  ];
  return odd.map((control, index) => ({ id: 900_001 + index, ...control }));
}
