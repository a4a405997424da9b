import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApp } from '#server/testing/app.ts';
import { NOW, ROWS, read, startQaApp } from './testing.ts';

let test: TestApp;

beforeAll(async () => {
  test = await startQaApp();
  await read(ROWS, NOW);
});
afterAll(() => test.close());

async function csv(query: string, language?: string): Promise<Response> {
  const { cookie } = await test.as('physicist');
  return fetch(`${test.url}/api/qa/export.csv?${query}`, { headers: { cookie, ...(language ? { 'accept-language': language } : {}) } });
}

it('the table of a year opens in a spreadsheet: UTF-8 with its mark, semicolons, no cell that is a formula', async () => {
  const response = await csv('type=CQM&year=2026');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = bytes.subarray(3).toString('utf8').split('\r\n');
  expect(lines[0]).toBe('Période;Du;Au;Versa HD 1');
  expect(lines[10]).toBe('2026-10;2026-10-01;2026-10-31;en retard');
  expect(lines[11]).toBe('2026-11;2026-11-01;2026-11-30;fait');
  expect(lines[12]).toBe('2026-12;2026-12-01;2026-12-31;à faire');
  expect(lines.slice(13)).toEqual(['Faits;;;1', 'Manqués;;;10', 'Taux (%);;;9,1', '']);
});

it('a machine whose name begins like a formula is quoted and made a text', async () => {
  const [head = ''] = (await (await csv('type=CQH')).text()).split('\r\n');
  expect(head.split(';').filter((cell) => cell.includes('HD'))).toContain(`"'=Versa ""HD"" 2"`);
});
