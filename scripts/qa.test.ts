import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const HEADING = 'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate';
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-qa-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function vigie(text: string, ...options: string[]) {
  const file = join(dir, 'export.csv');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/vigie.js', 'qa', 'evaluate', file, ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

describe('vigie qa evaluate', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index + 1};999;1;Contrôle;2026-11-17`);
  const text = [HEADING, '900001;145;66;Hebdo;2026-11-17 08:00', '900002;145;66;Hebdo;31/02/2026', ...rows].join('\r\n');

  test('prints all of the JSON, however long, to a pipe', () => {
    const { status, stdout, stderr } = vigie(text, '--at', '2026-11-20T12:00', '--from', '2026-11-16', '--json');
    expect([status, stderr]).toEqual([0, 'Ligne 3 : StudyDate n’est pas une date ("31/02/2026").\n']);
    const { machines, unclassified } = JSON.parse(stdout);
    expect(unclassified).toHaveLength(20_001);
    expect(unclassified.at(-1)).toEqual({ id: 900_002, reason: 'date.missing' });
    expect(machines[0]).toMatchObject({
      id: 145,
      name: 'Versa HD 3',
      light: 'green',
      types: { CQH: { rate: 100, periods: [{ label: 'S47 2026', controls: [900_001] }] } },
    });
  });

  test('prints a table for people without --json', () => {
    const { stdout } = vigie(text, '--at', '2026-11-24T12:00', '--from', '2026-11-09');
    expect(stdout).toContain('Versa HD 3 (145) : Conforme\n  CQH   50,0 %   1 fait, 1 en retard (derniers : S46 2026)');
    expect(stdout).toContain('Machine inconnue (20000) : 1, 2, 3');
  });

  test.each([
    ['a file with commas', HEADING.replaceAll(';', ','), [], 'il faut un point-virgule'],
    ['an hour with a zone', HEADING, ['--at', '2026-11-20T12:00Z'], '--at'],
    ['a day that does not exist', HEADING, ['--from', '2026-02-30'], '--from'],
    ['a first day after the moment', HEADING, ['--at', '2026-11-20', '--from', '2026-11-21'], '--from'],
  ])('says what is wrong with %s, and prints nothing else', (_what, file, options, said) => {
    const { status, stdout, stderr } = vigie(file, ...options);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain(' at ');
  });
});
