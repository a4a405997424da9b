import { describe, expect, test } from 'vitest';
import { clock } from '#shared/qa/testing.ts';
import { evaluateFile, type FileEvaluation } from './evaluate-file.ts';

const HEADING = 'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate';

async function evaluate(lines: readonly string[], at: string, from: string | null = null): Promise<FileEvaluation> {
  const { evaluation } = await evaluateFile(new TextEncoder().encode([HEADING, ...lines].join('\n')), { at: clock(at), from });
  if (!evaluation) throw new Error('the file was refused');
  return evaluation;
}

const machine = ({ machines }: FileEvaluation, id: number) => machines.find((one) => one.id === id);
const states = (evaluation: FileEvaluation, id: number, type: 'CQH' | 'CQM' | 'CQS' | 'CQQ') =>
  machine(evaluation, id)?.types[type]?.periods.map(({ label, state, controls }) => [label, state, ...controls].join(' '));

describe('an export judged by the default rules', () => {
  test('gives each machine its light, its types, their rates and periods', async () => {
    const evaluation = await evaluate(
      [
        '1;145;66;Hebdo;2026-11-03 08:00',
        '2;145;66;Hebdo;2026-11-17 08:00',
        '3;145;66;Hebdo;2026-11-17 09:00',
        '4;145;97;x;2026-10-30 08:00',
      ],
      '2026-11-20T12:00',
      '2026-11-02',
    );
    expect(machine(evaluation, 145)).toEqual({
      id: 145,
      name: 'Versa HD 3',
      light: 'green',
      reasons: [],
      types: {
        CQH: {
          rate: 66.7,
          periods: [
            { label: 'S45 2026', from: '2026-11-02', to: '2026-11-06', state: 'done', controls: [1] },
            { label: 'S46 2026', from: '2026-11-09', to: '2026-11-13', state: 'missed', controls: [] },
            { label: 'S47 2026', from: '2026-11-16', to: '2026-11-20', state: 'done', controls: [2, 3] },
          ],
        },
        CQM: { rate: 100, periods: [{ label: '2026-11', from: '2026-11-01', to: '2026-11-30', state: 'running', controls: [] }] },
      },
    });
    expect(evaluation.unclassified).toEqual([{ id: 4, reason: 'date.outside' }]);
    expect(evaluation.machines.map(({ id }) => id)).toEqual([145, 182, 99, 121, 177, 162, 159, 25]);
    expect(machine(evaluation, 25)).toEqual({ id: 25, name: 'NOVALIS', light: 'none', reasons: [], types: {} });
  });

  test('begins with the year of the first plausible control, and knows French holidays', async () => {
    const evaluation = await evaluate(
      ['1;99;24;CQQ;2026-11-10 07:00', '2;99;24;CQH;1900-01-01', '3;99;24;CQQ;9999-12-31'],
      '2026-11-12T08:00',
    );
    expect(evaluation.from).toBe('2026-01-01');
    expect(states(evaluation, 99, 'CQQ')?.slice(-4)).toEqual([
      '2026-11-09 missed',
      '2026-11-10 done 1',
      '2026-11-11 none',
      '2026-11-12 running',
    ]);
    expect(states(evaluation, 99, 'CQH')?.at(0)).toBe('S01 2026 missed');
    expect(evaluation.unclassified).toEqual([
      { id: 2, reason: 'date.outside' },
      { id: 3, reason: 'date.future' },
    ]);
  });

  test('a bridge week with four holidays is still a week; years with 53 weeks have them all', async () => {
    const evaluation = await evaluate(['1;99;24;CQH;2020-12-31', '2;99;24;CQH;2019-12-30'], '2021-01-04T08:00', '2020-01-01');
    expect(states(evaluation, 99, 'CQH')).toHaveLength(54);
    expect([states(evaluation, 99, 'CQH')?.at(0), states(evaluation, 99, 'CQH')?.at(-2)]).toEqual(['S01 2020 done 2', 'S53 2020 done 1']);
  });

  test('lists what does not count, and duplicates that contradict each other; rows of one study count once', async () => {
    const evaluation = await evaluate(
      [
        '1;145;66;Hebdo;2026-11-17',
        '1;145;66;Hebdo;2026-11-17',
        '2;145;66;Hebdo;2026-11-18',
        '2;145;97;CQM;2026-11-18',
        '3;145;97;CQM à supp;2026-11-18',
        '4;5;66;x;2026-11-17',
        '5;145;66;CQM;2026-11-17',
        '6;145;66;x;',
      ],
      '2026-11-20T12:00',
      '2026-11-16',
    );
    expect(states(evaluation, 145, 'CQH')).toEqual(['S47 2026 done 1 2']);
    expect(states(evaluation, 145, 'CQM')).toEqual(['2026-11 done 5']);
    expect(evaluation.unclassified).toEqual([
      { id: 2, reason: 'duplicate' },
      { id: 3, reason: 'excluded' },
      { id: 4, reason: 'machine.unknown' },
      { id: 5, reason: 'ambiguous' },
      { id: 6, reason: 'date.missing' },
    ]);
  });

  test('says in words why a machine is red', async () => {
    const evaluation = await evaluate(['1;99;24;CQH;2026-11-02', '2;145;25;x;2026-11-19 07:00'], '2026-11-20T12:00', '2026-11-02');
    expect(machine(evaluation, 99)).toMatchObject({
      light: 'red',
      reasons: ['Hebdomadaire S46 2026 manqué, et le suivant n’est pas fait'],
    });
    expect(machine(evaluation, 145)).toMatchObject({ light: 'red', reasons: ['Contrôle quotidien non fait à 08:30'] });
  });

  test('a file without a control is no error', async () => {
    const evaluation = await evaluate([], '2026-11-20T12:00');
    expect([evaluation.from, evaluation.unclassified, new Set(evaluation.machines.map(({ light }) => light))]).toEqual([
      '2026-01-01',
      [],
      new Set(['none']),
    ]);
  });

  test('a file that cannot be read gives its fault and no evaluation', async () => {
    const bytes = new TextEncoder().encode('a,b,c');
    const { evaluation, faults } = await evaluateFile(bytes, { at: clock('2026-11-20'), from: null });
    expect([evaluation, faults.map(({ code }) => code)]).toEqual([null, ['columns']]);
  });
});
