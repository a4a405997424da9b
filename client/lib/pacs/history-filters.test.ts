import { describe, expect, test } from 'vitest';
import { belongs, csvHref, NO_FILTERS, queryOf } from './history-filters.ts';
import { association } from './testing.ts';

const ZONE = 'Europe/Paris';
const now = Date.parse('2026-11-20T13:05:00Z');
const ended = association({ endedAt: '2026-11-20T13:01:00.000Z', status: 'completed' });

describe('the filters of the history', () => {
  test('are days of the site, also across a clock change', () => {
    expect(queryOf(NO_FILTERS, now, ZONE)).toEqual({ state: 'ended', from: '2026-11-19T23:00:00.000Z' });
    const yesterday = { ...NO_FILTERS, period: 'yesterday' as const };
    expect(queryOf(yesterday, now, ZONE)).toEqual({ state: 'ended', from: '2026-11-18T23:00:00.000Z', to: '2026-11-19T23:00:00.000Z' });
    expect(queryOf(yesterday, Date.parse('2026-10-25T23:30:00Z'), ZONE)).toMatchObject({
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
    expect(queryOf({ ...NO_FILTERS, period: 'all' }, now, ZONE)).toEqual({ state: 'ended' });
  });

  test('make the address of the file', () => {
    const href = csvHref({ failed: true, peer: 'TEP GE', command: 'CECHO', period: 'all' }, now, ZONE);
    expect(href).toBe('/api/pacs/associations.csv?state=ended&failed=true&peer=TEP+GE&command=CECHO');
  });

  test('say whether one that just ended comes in', () => {
    expect(belongs(ended, NO_FILTERS, now, ZONE)).toBe(true);
    expect(belongs(association(), NO_FILTERS, now, ZONE)).toBe(false);
    expect(belongs(ended, { ...NO_FILTERS, failed: true }, now, ZONE)).toBe(false);
    expect(belongs({ ...ended, status: 'rejected' }, { ...NO_FILTERS, failed: true }, now, ZONE)).toBe(true);
    expect(belongs(ended, { ...NO_FILTERS, peer: 'VIGIE' }, now, ZONE)).toBe(true);
    expect(belongs(ended, { ...NO_FILTERS, peer: 'TEP-GE' }, now, ZONE)).toBe(false);
    expect(belongs(ended, { ...NO_FILTERS, command: 'CECHO' }, now, ZONE)).toBe(false);
    expect(belongs(ended, { ...NO_FILTERS, period: 'yesterday' }, now, ZONE)).toBe(false);
  });
});
