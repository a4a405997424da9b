import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendarCall, machineYearCall, overviewCall, periodCall, ratesCall, unclassifiedCall, yearTableCall } from '#shared/qa/api.ts';
import type { Client, TestApp } from '#server/testing/app.ts';
import { statusesOf } from '#server/testing/footprint.ts';
import { NOW, ROWS, read, row, startQaApp } from './testing.ts';

let test: TestApp;
let physicist: Client;

beforeAll(async () => {
  test = await startQaApp();
  await read(ROWS, NOW);
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

const place = { machine: 'versa-hd-1', type: 'CQH' as const };

describe('pages of quality control', () => {
  it('are for those who may read, and say what is wrong with a question', async () => {
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', '/api/qa/overview'],
      [test.anonymous(), 'GET', '/api/qa/report.pdf?from=2026-01-01&to=2026-01-31'],
      [await test.as('physicist'), 'GET', '/api/qa/table'],
      [physicist, 'GET', '/api/qa/table?type=CQX'],
      [physicist, 'GET', '/api/qa/year?machine=no-such-machine'],
      [physicist, 'GET', '/api/qa/period?machine=versa-hd-1&type=CQH&period=2026-11-17'],
      [physicist, 'GET', '/api/qa/period?machine=no-such-machine&type=CQH&period=2026-11-16'],
      [physicist, 'GET', '/api/qa/calendar?from=2026-11-30&to=2026-11-01'],
      [physicist, 'GET', '/api/qa/calendar?from=2026-11-01'],
      [physicist, 'GET', '/api/qa/unclassified?limit=501'],
      [await test.as('technologist'), 'POST', '/api/qa/config/suggestion', { control: 8, type: 'CQS' }],
    ]);
    expect(statuses).toEqual([401, 401, 400, 400, 404, 404, 404, 400, 400, 400, 403]);
  });

  it('begin with where each type of each machine stands', async () => {
    const { year, unclassified, machines, source } = await physicist.call(overviewCall);
    expect(year).toEqual({ year: 2026, week: 47, weeks: 53 });
    expect(unclassified).toBe(7);
    expect(source).toMatchObject({ kind: 'artiscan', controls: ROWS.length });
    expect(machines.map(({ machine }) => machine).sort()).toEqual(['scanner', 'tomo1', 'versa-hd-1', 'versa-hd-2']);
    const one = machines.find(({ machine }) => machine === 'versa-hd-1');
    expect(one?.types).toEqual([
      { type: 'CQH', state: 'running', justified: false, conform: null, dueSoon: false, label: 'S47 2026', to: '2026-11-20' },
      { type: 'CQM', state: 'done', justified: false, conform: true, dueSoon: false, label: '2026-11', to: '2026-11-30' },
      { type: 'CQS', state: 'running', justified: false, conform: null, dueSoon: false, label: 'S2 2026', to: '2026-12-31' },
    ]);
    // 46 weeks with 2 done, 11 months with 1, one half-year with none: 3 of 58.
    expect(one?.rate).toBe(5.2);
    expect(one?.latest).toBe('2026-11-07T08:00:00.000');
    expect(machines.find(({ machine }) => machine === 'scanner')).toMatchObject({ types: [], rate: null, latest: null });
  });

  it('show a year as a table of periods by machines that need the type', async () => {
    const table = await physicist.call(yearTableCall, { query: { type: 'CQH', year: 2026 } });
    expect(table.years).toEqual([2026]);
    expect(table.periods).toHaveLength(53);
    expect(table.periods[0]).toEqual({ label: 'S01 2026', from: '2025-12-29', to: '2026-01-02' });
    expect(table.rows.map(({ machine }) => machine).sort()).toEqual(['tomo1', 'versa-hd-1', 'versa-hd-2']);
    const one = table.rows.find(({ machine }) => machine === 'versa-hd-1');
    expect(one).toMatchObject({ done: 2, missed: 44, rate: 4.3 });
    const states = one?.cells.slice(43, 48).map((cell) => cell && [cell.state, cell.controls]);
    expect(states).toEqual([
      ['done', 1],
      ['done', 1],
      ['missed', 0],
      ['running', 0],
      ['running', 0],
    ]);
    const former = await physicist.call(yearTableCall, { query: { type: 'CQH', year: 2020 } });
    expect(former.rows[0]?.cells).toEqual(Array.from({ length: 53 }, () => null));
    const daily = await physicist.call(yearTableCall, { query: { type: 'CQQ' } });
    const holiday = daily.periods.findIndex(({ from }) => from === '2026-11-11');
    expect(daily.rows.map(({ machine, cells }) => [machine, cells[holiday]?.state])).toEqual([['versa-hd-2', 'none']]);
    expect(daily.rows[0]?.done).toBe(1);
  });

  it('show the year of one machine with all its types', async () => {
    const year = await physicist.call(machineYearCall, { query: { machine: 'versa-hd-1' } });
    expect(year.types.map(({ type, done, missed, rate, cells }) => [type, done, missed, rate, cells.length])).toEqual([
      ['CQH', 2, 44, 4.3, 53],
      ['CQM', 1, 10, 9.1, 12],
      ['CQS', 0, 1, 0, 2],
    ]);
  });

  it('tell rates with their mean, month by month', async () => {
    const { types } = await physicist.call(ratesCall, { query: { year: 2026 } });
    expect(types.map(({ type, mean }) => [type, mean])).toEqual([
      ['CQH', 2.8],
      ['CQM', 9.1],
      ['CQS', 0],
      ['CQQ', expect.any(Number)],
    ]);
    const weekly = types[0]?.machines.find(({ machine }) => machine === 'versa-hd-1');
    // Thursdays of October: 1, 8, 15, 22, 29 (done); of November: 5 (done), 12, and 19 of a week that runs.
    expect(weekly?.months.slice(9)).toEqual([20, 50, null]);
    expect(types[1]?.machines.find(({ machine }) => machine === 'tomo1')).toMatchObject({ rate: null, done: 0, missed: 0 });
  });

  it('show a period with its controls, what was written to it and who released what', async () => {
    await physicist.request('POST', '/api/qa/remarks', { ...place, period: '2026-11-09', text: 'Panne du mélangeur' });
    expect(
      (await physicist.request('POST', '/api/qa/justifications', { ...place, period: '2026-11-09', text: 'Physicien absent' })).status,
    ).toBe(201);
    expect((await physicist.request('POST', '/api/qa/controls/2/release', { reason: 'Refait le lendemain' })).status).toBe(204);
    const missed = await physicist.call(periodCall, { query: { ...place, period: '2026-11-09' } });
    expect(missed.cell).toEqual({ state: 'missed', justified: true, controls: 0, remarks: 1 });
    expect(missed.remarks.map(({ text }) => text)).toEqual(['Panne du mélangeur']);
    expect(missed.justifications.map(({ text, by }) => [text, by])).toEqual([['Physicien absent', 'Test physicist']]);
    const done = await physicist.call(periodCall, { query: { ...place, period: '2026-10-26' } });
    expect(done.controls).toMatchObject([{ id: 2, conform: false, released: { by: 'Test physicist' } }]);
    const { rows } = await physicist.call(yearTableCall, { query: { type: 'CQH' } });
    expect(rows.find(({ machine }) => machine === 'versa-hd-1')?.cells[45]).toEqual({
      state: 'missed',
      justified: true,
      controls: 0,
      remarks: 1,
    });
  });

  it('show at once what people declare: a daily control by hand, a justification that is withdrawn', async () => {
    const daily = { machine: 'versa-hd-2', type: 'CQQ' as const, period: '2026-03-10' };
    expect((await physicist.call(periodCall, { query: daily })).cell.state).toBe('missed');
    await physicist.request('POST', '/api/qa/daily', { machine: 'versa-hd-2', day: '2026-03-10', outcome: 'pass' });
    const after = await physicist.call(periodCall, { query: daily });
    expect(after.cell.state).toBe('done');
    expect(after.entries).toMatchObject([{ outcome: 'pass', day: '2026-03-10' }]);
    const week = { ...place, period: '2026-11-09' };
    const [one] = (await physicist.call(periodCall, { query: week })).justifications;
    await physicist.request('POST', `/api/qa/justifications/${one?.id ?? ''}/withdraw`, { reason: 'Erreur' });
    expect((await physicist.call(periodCall, { query: week })).cell.justified).toBe(false);
  });

  it('list the controls done between two days, searched without accents or case', async () => {
    const all = await physicist.call(calendarCall, { query: { from: '2026-11-01', to: '2026-12-31' } });
    expect(all.items.map(({ id }) => id)).toEqual([1, 3, 5, 30, 20, 21]);
    expect(all.holidays).toEqual(['2026-11-01', '2026-11-11', '2026-12-25']);
    expect(all.more).toBe(false);
    const search = { from: '2026-01-01', to: '2026-12-31' };
    const found = async (query: object): Promise<number[]> =>
      (await physicist.call(calendarCall, { query: { ...search, ...query } })).items.map(({ id }) => id);
    expect(await found({ q: 'HÉBDO' })).toEqual([2, 1, 5, 20]);
    expect(await found({ from: '1900-01-01', to: '9999-12-31' })).toEqual([2, 1, 3, 5, 30, 20, 21]);
    expect(await found({ from: '2026-11-03', to: '2026-11-03' })).toEqual([1]);
    expect(await found({ type: 'CQM' })).toEqual([3]);
    expect(await found({ machine: 'tomo1' })).toEqual([30]);
  });

  it('list what was left out, the latest first, with the reason', async () => {
    const all = await physicist.call(unclassifiedCall);
    expect(all.items.map(({ control, reason }) => [control.id, reason])).toEqual([
      [10, 'date.future'],
      [31, 'type.unknown'],
      [7, 'machine.unknown'],
      [6, 'excluded'],
      [5, 'date.weekend'],
      [8, 'type.unknown'],
      [9, 'date.missing'],
    ]);
    const some = await physicist.call(unclassifiedCall, { query: { reason: 'type.unknown', limit: 1, skip: 1 } });
    expect(some).toMatchObject({ total: 2, items: [{ control: { id: 8 } }], counts: { 'type.unknown': 2, excluded: 1 } });
    expect((await physicist.call(unclassifiedCall, { query: { q: 'energie' } })).items.map(({ control }) => control.id)).toEqual([8]);
  });

  it('follow a control that was renamed', async () => {
    await read([...ROWS.filter(({ _id }) => _id !== 1), row(1, '2026-11-03T08:00', { name: 'Hebdo à supprimer' })], NOW);
    const { rows } = await physicist.call(yearTableCall, { query: { type: 'CQH' } });
    expect(rows.find(({ machine }) => machine === 'versa-hd-1')).toMatchObject({ done: 1, missed: 45 });
  });
});
