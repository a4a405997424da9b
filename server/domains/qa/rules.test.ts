import { describe, expect, test } from 'vitest';
import { classify } from '#shared/qa/classify.ts';
import { QaConfig } from '#shared/qa/config.ts';
import { DEFAULT_QA_CONFIG, DEFAULT_QA_MACHINES } from '#shared/qa/default-config.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { control } from '#shared/qa/testing.ts';
import { holidaysOf } from './holidays.ts';
import { compileRules } from './patterns.ts';

const rules = compileRules(DEFAULT_QA_CONFIG);
const LINAC = { byNameOnly: false };
const TOMO = { byNameOnly: true };

const said = (name: string, moduleId: number | null, machine: { byNameOnly: boolean } | undefined): string => {
  const verdict = classify(control(1, { name, moduleId }), machine, rules);
  if (verdict.kind === 'classified') return `${verdict.type}${verdict.ambiguous ? ', ambiguous' : ''}`;
  return verdict.kind === 'excluded' ? 'excluded' : verdict.reason;
};

describe('the type of one study', () => {
  test.each<[string, number | null, typeof LINAC | undefined, string]>([
    // Excluded first, whatever else is known.
    ['CQM à supp', 97, LINAC, 'excluded'],
    ['CQM a\u0300 supp', 97, LINAC, 'excluded'],
    ['Hebdo test', 66, LINAC, 'excluded'],
    ['test', 66, undefined, 'excluded'],
    ['CQH essai', 24, TOMO, 'excluded'],
    // A machine known by name only: modules say nothing.
    ['CQH', 24, TOMO, 'CQH'],
    ['Contrôle qualité hebdo', 97, TOMO, 'CQH'],
    ['CQM', 66, TOMO, 'CQM'],
    ['Top du jour', null, TOMO, 'CQQ'],
    ['Hebdo', 66, TOMO, 'type.unknown'],
    ['CQM CQS', 24, TOMO, 'CQM, ambiguous'],
    // The others: CQH by module only.
    ['Hebdo', 66, LINAC, 'CQH'],
    ['CQH', null, LINAC, 'type.unknown'],
    ['CQH', 24, LINAC, 'type.unknown'],
    ['CQH', 97, LINAC, 'CQM'],
    // The rest by rule or module.
    ['CQM', null, LINAC, 'CQM'],
    ['faisceaux', 97, LINAC, 'CQM'],
    ['CQM', 97, LINAC, 'CQM'],
    ['contrôles qualités semestriels', 1, LINAC, 'CQS'],
    ['x', 96, LINAC, 'CQS'],
    ['quotidienne', 1, LINAC, 'CQQ'],
    ['x', 25, LINAC, 'CQQ'],
    // Two at once: the rule wins over the module.
    ['CQM', 66, LINAC, 'CQM, ambiguous'],
    ['CQS', 97, LINAC, 'CQS, ambiguous'],
    ['CQQ', 66, LINAC, 'CQQ, ambiguous'],
    // Two rules: the module decides between them, else the first of the table.
    ['CQM CQS', 96, LINAC, 'CQS, ambiguous'],
    ['CQS CQM', null, LINAC, 'CQM, ambiguous'],
    ['CQM CQS', 66, LINAC, 'CQM, ambiguous'],
    // Nothing known.
    ['', null, LINAC, 'type.unknown'],
    ['x', 24, LINAC, 'type.unknown'],
    ['CQM', 97, undefined, 'machine.unknown'],
  ])('%j of module %s', (name, moduleId, machine, expected) => {
    expect(said(name, moduleId, machine)).toBe(expected);
  });

  test.each(Object.entries(DEFAULT_QA_CONFIG.modules))('every module of %s says so', (type, modules) => {
    for (const module of modules) expect(said('x', module, LINAC)).toBe(type as QaType);
  });
});

describe('the configuration', () => {
  const faultsOf = (given: object) =>
    QaConfig.safeParse({ ...DEFAULT_QA_CONFIG, ...given }).error?.issues.map(({ message }) => message) ?? [];

  test('the default one is valid and holds the page’s machines', () => {
    expect(faultsOf({})).toEqual([]);
    expect(DEFAULT_QA_MACHINES.filter(({ byNameOnly }) => byNameOnly).map(({ name }) => name)).toEqual(['TOMO1', 'TOMO2']);
    expect(new Set(DEFAULT_QA_MACHINES.map(({ objectId }) => objectId))).toEqual(new Set([145, 182, 99, 121, 177, 162, 159, 25]));
  });

  test.each([
    ['a module under two types', { modules: { ...DEFAULT_QA_CONFIG.modules, CQM: [97, 66] } }, 'module 66 stands under CQH and CQM'],
    ['a module twice under one', { modules: { ...DEFAULT_QA_CONFIG.modules, CQM: [97, 97] } }, 'module 97 stands under CQM and CQM'],
    ['an hour that does not exist', { dueHour: '24:00' }, 'an hour is written 08:30'],
    ['a day that ends before it begins', { workingHours: { from: '18:00', to: '08:00' } }, 'the working day ends before it begins'],
  ])('%s is a fault in words', (_what, given, message) => {
    expect(faultsOf(given)).toEqual([message]);
  });

  test('a setting that means nothing is refused', () => {
    expect(faultsOf({ dueHours: '08:30' })).toHaveLength(1);
  });
});

describe('public holidays', () => {
  test('are those of France, movable ones included, observances not', async () => {
    const days = await holidaysOf('FR', [2026]);
    expect([...days].sort()).toEqual(
      ['01-01', '04-06', '05-01', '05-08', '05-14', '05-25', '07-14', '08-15', '11-01', '11-11', '12-25'].map((day) => `2026-${day}`),
    );
  });

  test('of several years are gathered, far ones too', async () => {
    const days = await holidaysOf('FR', [1900, 2032, 9999]);
    expect(['1900-11-11', '2032-03-29', '2032-05-17', '9999-12-25'].every((day) => days.has(day))).toBe(true);
  });

  test('a country that has no calendar is an error, not a year without holidays', async () => {
    await expect(holidaysOf('ZZ', [2026])).rejects.toThrow('ZZ');
  });
});
