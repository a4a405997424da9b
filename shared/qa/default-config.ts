import type { QaConfig } from './config.ts';

/** The configuration of `qa.md`: what a site begins with. Modules 24 and 26 are shared by all TOMO protocols and therefore under no type. */
export const DEFAULT_QA_CONFIG: QaConfig = {
  modules: {
    CQH: [66, 64, 63, 62, 61, 60],
    CQM: [97, 98, 92, 90, 105, 104, 103],
    CQS: [96, 95, 94, 93, 91, 106],
    CQQ: [25, 27, 28, 29, 30, 32, 36, 37, 38],
  },
  rules: {
    exclusion: 'test|essai|[àa] ?supp(rimer)?',
    CQH: 'cqh|contr[oô]les? ?qualit[eé]s? ?hebdo(madaire)?s?',
    CQM: 'cqm|contr[oô]les? ?qualit[eé]s? ?mensuel(le)?s?',
    CQS: 'cqs|contr[oô]les? ?qualit[eé]s? ?semestriel(le)?s?',
    CQQ: 'cqq|top ?(du)? ?jour|quotidien(ne)?',
  },
  dueHour: '08:30',
  workingHours: { from: '08:00', to: '18:00' },
  weekendCountsForEndingWeek: false,
  sourceLimitHours: 24,
  from: null,
};

/** A machine of the page's list, by its number in Artiscan. */
export interface DefaultMachine {
  readonly objectId: number;
  readonly name: string;
  readonly colour: string;
  readonly byNameOnly: boolean;
}

/** Machines seen in the field. Source: `qa.md`, "Configuration". */
export const DEFAULT_QA_MACHINES: readonly DefaultMachine[] = [
  { objectId: 145, name: 'Versa HD 3', colour: '#1976D2', byNameOnly: false },
  { objectId: 182, name: 'Versa HD 2', colour: '#FF9800', byNameOnly: false },
  { objectId: 99, name: 'TOMO1', colour: '#388E3C', byNameOnly: true },
  { objectId: 121, name: 'TOMO2', colour: '#8E24AA', byNameOnly: true },
  { objectId: 177, name: 'Versa HD 4', colour: '#FBC02D', byNameOnly: false },
  { objectId: 162, name: 'Versa HD 5', colour: '#D32F2F', byNameOnly: false },
  { objectId: 159, name: 'Versa HD 1', colour: '#0288D1', byNameOnly: false },
  { objectId: 25, name: 'NOVALIS', colour: '#F57C00', byNameOnly: false },
];
