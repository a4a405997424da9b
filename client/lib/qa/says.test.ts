import { describe, expect, it } from 'vitest';
import { parseWallClock } from '#shared/qa/controls.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { cellMark, cellWord, hoursText, rateText, reasonText, typeMarks } from './says.ts';
import { sayClock, sayPeriod, saySpan } from './days.ts';
import { trendOf } from './trend.ts';

const light: Light = {
  machine: 'versa-hd-1',
  light: 'red',
  reasons: ['as the site says it'],
  why: [],
  asOf: null,
  until: null,
  by: null,
  set: 'rules',
  silentSince: null,
  override: null,
};
const type = { state: 'done', justified: false, conform: null, dueSoon: false } as const;

describe('a light', () => {
  it('says why in the words of the reader when its codes came with it', () => {
    const why: Light['why'] = [{ code: 'period.missed', type: 'CQH', label: 'S46 2026', to: '2026-11-13' }];
    expect(reasonText({ ...light, why })).toBe('Hebdomadaire S46 2026 manqué, et le suivant n’est pas fait');
    expect(reasonText(light)).toBe('as the site says it');
    const fault = { code: 'down.reported', since: parseWallClock('2026-11-20T09:16'), why: '' };
    expect(reasonText({ ...light, why: [fault as Light['why'][number]] })).toBe('Panne signalée le 20/11/2026 à 09:16'); // nothing was said yet
  });

  it('says what it means that there is no reason', () => {
    expect(reasonText({ ...light, light: 'green', reasons: [] })).toBe('Tous les contrôles demandés sont faits');
    expect(reasonText({ ...light, light: 'unknown', reasons: [] })).toContain('Aucun feu');
  });
});

describe('a cell', () => {
  it('is never green when it was missed and justified', () => {
    expect(cellMark({ state: 'missed', justified: true })).toBe('just');
    expect(cellWord({ state: 'missed', justified: true })).toBe('Manqué, justifié');
    expect(cellMark({ state: 'missed', justified: false })).toBe('late');
    expect(cellMark({ state: 'none', justified: false })).toBe('na');
  });
});

describe('the lights of a type', () => {
  it('are done and conform side by side, where conformity is known', () => {
    expect(typeMarks({ ...type, conform: true }, 'green')).toMatchObject({ marks: ['done', 'done'], word: 'Conforme' });
    expect(typeMarks({ ...type, conform: false }, 'red')).toMatchObject({ marks: ['done', 'late'], word: 'Non conforme' });
    expect(typeMarks(type, 'green')).toMatchObject({ marks: ['done'], word: 'Fait' });
  });

  it('are unknown while nobody knows the machine’s light: the last controls prove nothing about now', () => {
    expect(typeMarks({ ...type, conform: true }, 'unknown')).toEqual({ marks: ['lost'], word: 'Inconnu', state: 'lost' });
  });

  it('warn of a period that ends soon, and only while nothing is done', () => {
    expect(typeMarks({ ...type, state: 'running', dueSoon: true }, 'amber').state).toBe('soon');
    expect(typeMarks({ ...type, dueSoon: true }, 'green').state).toBe('done');
  });
});

describe('figures and periods', () => {
  it('are said as people say them', () => {
    expect(rateText(97.9)).toMatch(/^97,9.%$/);
    expect(rateText(100)).toMatch(/^100,0.%$/);
    expect(rateText(null)).toBe('–');
    expect(hoursText(185)).toBe('3 h 05');
    expect(sayPeriod('CQH', '2026-11-09')).toBe('Semaine 46');
    expect(sayPeriod('CQS', '2026-07-01')).toBe('2e semestre 2026');
    expect(saySpan('2026-11-09', '2026-11-13')).toBe('9 nov. au 13 nov.');
    expect(saySpan('2026-11-20', '2026-11-20')).toBe('');
    expect(sayClock('2026-11-20T13:41:00.000', '2026-11-20')).toBe('13:41');
    expect(sayClock('2026-11-13T13:41:00.000', '2026-11-20')).toBe('13 nov. 13:41');
    expect(sayClock('2025-11-13T13:41:00.000', '2026-11-20')).toBe('13 nov. 2025');
  });
});

describe('a trend', () => {
  it('is the slope of the straight line nearest to the months that have a rate', () => {
    expect(trendOf([90, 92, 94, null, 98])).toBeCloseTo(2, 6);
    expect(trendOf([100, 100, 100])).toBe(0);
    expect(trendOf([90, null, 100])).toBeUndefined();
  });
});
