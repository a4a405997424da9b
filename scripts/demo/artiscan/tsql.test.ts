import { describe, expect, test } from 'vitest';
import { ARTISCAN_TABLES, openDatabase } from './database.ts';
import { SqlError } from './tokens.ts';
import { readBatch, runSelect } from './tsql.ts';
import { storedDate, type Cell } from './types.ts';

function numberOf(act: () => unknown): number | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof SqlError) return error.number;
    throw error;
  }
}

function rows(sql: string, parameters: Record<string, Cell> = {}): readonly (readonly Cell[])[] {
  const { sqlite, controls } = openDatabase('DBArtiscan', ARTISCAN_TABLES);
  controls.add({ id: 1, objectId: 145, moduleId: null, name: 'CQH', at: '2026-03-29T02:30:00.001' });
  const statement = readBatch(sql);
  if (statement.kind !== 'select') throw new Error('no SELECT');
  return runSelect(sqlite, statement.sql, new Map(Object.entries(parameters))).rows;
}

describe('what SQLite takes and SQL Server does not is refused (102)', () => {
  test.each([
    'SELECT Name FROM RESULT LIMIT 1',
    "SELECT 'a' || 'b'",
    'SELECT IFNULL(Name, 1) FROM CONTROLE_STUDY',
    "SELECT date('now')",
    'SELECT 1; SELECT 2',
    'PRAGMA table_info(RESULT)',
    'DELETE FROM RESULT',
    'SELECT 1 WHERE 1 == 1',
    'BACKUP DATABASE x',
    "SELECT * FROM CONTROLE_STUDY WHERE StudyDate >= '2026-01-01'",
  ])('%s', (sql) => {
    expect(numberOf(() => rows(sql))).toBe(102);
  });
});

describe('what SQL Server takes and the simulator does not is refused too, never guessed', () => {
  test.each(["SELECT N'a'", 'SELECT TOP 5 Name FROM RESULT', 'SELECT Name FROM RESULT WITH (NOLOCK)', 'SELECT CONVERT(int, 1)'])(
    '%s',
    (sql) => {
      expect(numberOf(() => rows(sql))).toBe(102);
    },
  );
});

test('errors have the server’s numbers', () => {
  expect(numberOf(() => rows('SELECT x FROM NOPE'))).toBe(208);
  expect(numberOf(() => rows('SELECT s.Nope FROM dbo.CONTROLE_STUDY AS s'))).toBe(207);
  expect(numberOf(() => rows('SELECT Name FROM CONTROLE_STUDY WHERE Id_Object = @object'))).toBe(137);
  expect(numberOf(() => rows('SELECT FROM WHERE'))).toBe(102);
});

test('a parameter that is NULL is one, and its name has no case', () => {
  expect(rows('SELECT @a', { '@A': null })).toEqual([[null]]);
});

test('dates are kept in one form, so that they compare; a datetime has three-hundredths of a second', () => {
  expect(storedDate('2026-03-29T02:30:00.001', 'datetime')).toBe('2026-03-29T02:30:00.0000000');
  expect(storedDate('2026-03-29T23:59:59.999', 'datetime')).toBe('2026-03-30T00:00:00.0000000');
  expect(storedDate('2026-03-29T02:30:00.1234567', 'datetime2(7)')).toBe('2026-03-29T02:30:00.1234567');
  expect(rows('SELECT Id_Object FROM CONTROLE_STUDY WHERE StudyDate >= @a', { '@a': '2026-03-29T02:30:00.0000000' })).toEqual([[145n]]);
});

test('settings are passed over, another database is asked for, a delay waited for', () => {
  expect(readBatch('set ansi_nulls on\nset textsize 2147483647\n')).toEqual({ kind: 'nothing' });
  expect(readBatch('use [DBArtiscan]')).toEqual({ kind: 'use', database: 'DBArtiscan' });
  expect(readBatch("WAITFOR DELAY '00:01:02.5'")).toEqual({ kind: 'wait', delayMs: 62_500 });
});
