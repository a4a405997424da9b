import { describe, expect, test } from 'vitest';
import { dayNumberOf } from '#shared/qa/calendar.ts';
import { classify } from '#shared/qa/classify.ts';
import { QaConfig } from '#shared/qa/config.ts';
import type { Control, QaType } from '#shared/qa/controls.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import type { View } from '#shared/qa/evaluate.ts';
import { NOTHING_DECLARED } from '#shared/qa/judge.ts';
import { applyChanges, emptyLedger } from '#shared/qa/ledger.ts';
import { effectOnControls, effectOnPeriods, suggestRule } from '#shared/qa/mapping.ts';
import { MACHINE, clock, control } from '#shared/qa/testing.ts';
import { compileRules, patternFaults } from './patterns.ts';

const LINAC = { byNameOnly: false };
const TOMO = { byNameOnly: true };

describe('a suggested rule', () => {
  test.each<[string, number | null, typeof LINAC, QaType, 'module' | 'name']>([
    ['Winston-Lutz', 200, LINAC, 'CQH', 'module'],
    ['Winston-Lutz', 200, LINAC, 'CQM', 'module'],
    ['Winston-Lutz', null, LINAC, 'CQM', 'name'],
    ['- Étalonnage : dose / énergie 6MV 2026-11', 66, LINAC, 'CQS', 'name'],
    ['Contro\u0302le MVCT TOMO1 du 12', 24, TOMO, 'CQH', 'name'],
  ])('for %j of module %s gives it the type, is valid, and takes names with another date too', (name, moduleId, machine, type, kind) => {
    const suggestion = suggestRule(DEFAULT_QA_CONFIG, control(1, { name, moduleId }), machine, type);
    if (!suggestion) throw new Error('nothing was suggested');
    expect(suggestion.kind).toBe(kind);
    expect(QaConfig.safeParse(suggestion.config).success).toBe(true);
    expect(patternFaults(suggestion.config.rules)).toEqual([]);
    const rules = compileRules(suggestion.config);
    for (const said of [name, `${name} 3`, name.toUpperCase()]) {
      expect(classify(control(1, { name: said, moduleId }), machine, rules)).toMatchObject({ kind: 'classified', type });
    }
  });

  test.each<[string, number | null, typeof LINAC, QaType]>([
    ['Winston-Lutz', null, LINAC, 'CQH'],
    ['Winston-Lutz', 97, LINAC, 'CQH'],
    ['2026-11-20', 24, TOMO, 'CQM'],
    ['', 97, LINAC, 'CQS'],
  ])('there is none for %j of module %s', (name, moduleId, machine, type) => {
    expect(suggestRule(DEFAULT_QA_CONFIG, control(1, { name, moduleId }), machine, type)).toBeNull();
  });

  test('begins a rule that was empty', () => {
    const config = { ...DEFAULT_QA_CONFIG, rules: { ...DEFAULT_QA_CONFIG.rules, CQQ: '' } };
    expect(suggestRule(config, control(1, { name: 'Matin', moduleId: null }), TOMO, 'CQQ')?.config.rules.CQQ).toBe('matin');
  });
});

test('other rules are previewed by the controls and the periods they change, from a day on', () => {
  const controls: Control[] = [
    control(1, { name: 'Matrice', moduleId: 200, at: clock('2026-11-03T08:00') }),
    control(2, { name: 'Matrice', moduleId: 200, at: clock('2026-11-10T08:00') }),
    control(3, { name: 'Hebdo', at: clock('2026-11-17T08:00') }),
    control(4, { name: 'Matrice', moduleId: 200, at: null }),
  ];
  const viewBy = (config: QaConfig): View => {
    const rules = compileRules(config);
    const ledger = emptyLedger({ machines: [MACHINE], rules, weekendCountsForEndingWeek: false, from: dayNumberOf('2026-11-02') });
    const now = clock('2026-11-20T12:00');
    applyChanges(ledger, { changed: controls }, now);
    return { ledger, calendar: { holidays: new Set(), workingHours: config.workingHours }, now };
  };
  const suggestion = suggestRule(DEFAULT_QA_CONFIG, control(2, { name: 'Matrice', moduleId: 200 }), MACHINE, 'CQH');
  const [before, after] = [viewBy(DEFAULT_QA_CONFIG), viewBy(suggestion?.config ?? DEFAULT_QA_CONFIG)];
  const since = dayNumberOf('2026-11-09');
  expect(effectOnControls(controls, before, after, since)).toEqual([
    { control: controls[1], machine: MACHINE.id, before: null, after: 'CQH', reason: null },
  ]);
  expect(effectOnPeriods(before, after, () => NOTHING_DECLARED, since)).toMatchObject([
    { machine: MACHINE.id, period: { label: 'S46 2026' }, before: 'missed', after: 'done' },
  ]);
  expect(effectOnControls(controls, after, after, since)).toEqual([]);
});
