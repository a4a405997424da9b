import { describe, expect, it } from 'vitest';
import type { MachineYear } from '#shared/qa/page-schemas.ts';
import { periodsOfYear } from '#shared/qa/periods.ts';
import { axisTypes, neighbour, placed, type YearCell } from './axis.ts';

const cellsOf = (type: 'CQQ' | 'CQH' | 'CQM' | 'CQS', year: number): YearCell[] =>
  periodsOfYear(type, year).map(({ label, from, to }) => ({
    label,
    from,
    to,
    state: 'done',
    justified: false,
    controls: 1,
    remarks: 0,
  }));
const yearOf = (year: number): MachineYear => ({
  machine: 'versa-hd-1',
  year,
  years: [year],
  types: (['CQH', 'CQM', 'CQS', 'CQQ'] as const).map((type) => ({ type, done: 1, missed: 0, rate: 100, cells: cellsOf(type, year) })),
});

describe('the axis of a year', () => {
  it('shows the shortest periods first', () => {
    expect(axisTypes(yearOf(2026)).map(({ type }) => type)).toEqual(['CQQ', 'CQH', 'CQM', 'CQS']);
  });

  it.each([2020, 2024, 2026, 2032])('places every week of %i within the axis, without a gap between two of them', (year) => {
    const weeks = placed('CQH', cellsOf('CQH', year), year);
    expect(weeks.length).toBe(periodsOfYear('CQH', year).length);
    for (const [index, { left, width }] of weeks.entries()) {
      const next = weeks[index + 1];
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(100.0001);
      if (next) expect(left + width).toBeCloseTo(next.left, 6);
    }
  });

  it('gives twelve months the whole width', () => {
    const months = placed('CQM', cellsOf('CQM', 2026), 2026);
    expect(months.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100, 6);
  });

  it('walks to the neighbouring period, and to the period of another type at the same time', () => {
    const types = axisTypes(yearOf(2026));
    const at = { type: 'CQH', period: '2026-11-16' } as const;
    expect(neighbour(types, at, 'ArrowLeft')).toEqual({ type: 'CQH', period: '2026-11-09' });
    expect(neighbour(types, at, 'ArrowRight')).toEqual({ type: 'CQH', period: '2026-11-23' });
    expect(neighbour(types, at, 'ArrowUp')).toEqual({ type: 'CQQ', period: '2026-11-16' });
    expect(neighbour(types, at, 'ArrowDown')).toEqual({ type: 'CQM', period: '2026-11-01' });
    expect(neighbour(types, at, 'Home')).toEqual({ type: 'CQH', period: '2025-12-29' });
    expect(neighbour(types, { type: 'CQS', period: '2026-07-01' }, 'ArrowDown')).toBeUndefined();
    expect(neighbour(types, at, 'Enter')).toBeUndefined();
  });
});
