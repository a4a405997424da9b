import { describe, expect, it } from 'vitest';
import { isQuiet, quietEnd } from './quiet.ts';

const PARIS = 'Europe/Paris';
const hours = (from: string, to: string) => ({ from, to, urgentPasses: true });
const end = (from: string, to: string, at: string) => quietEnd(hours(from, to), PARIS, new Date(at)).toISOString();

describe('quiet hours', () => {
  it.each([
    ['12:00', '14:00', '2026-11-20T10:59:59Z', false],
    ['12:00', '14:00', '2026-11-20T11:00:00Z', true],
    ['12:00', '14:00', '2026-11-20T12:59:59Z', true],
    ['12:00', '14:00', '2026-11-20T13:00:00Z', false],
    ['20:00', '07:00', '2026-11-20T18:59:00Z', false],
    ['20:00', '07:00', '2026-11-20T19:00:00Z', true],
    ['20:00', '07:00', '2026-11-20T23:30:00Z', true],
    ['20:00', '07:00', '2026-11-21T05:59:00Z', true],
    ['20:00', '07:00', '2026-11-21T06:00:00Z', false],
  ])('from %s to %s hold or not at %s: %s', (from, to, at, quiet) => {
    expect(isQuiet(hours(from, to), PARIS, new Date(at))).toBe(quiet);
  });

  it('end at once for what comes outside of them', () => {
    expect(end('20:00', '07:00', '2026-11-20T12:34:56.789Z')).toBe('2026-11-20T12:34:56.789Z');
  });

  it('end over midnight on the next day', () => {
    expect(end('20:00', '07:00', '2026-11-20T20:15:30Z')).toBe('2026-11-21T06:00:00.000Z');
    expect(end('20:00', '07:00', '2026-11-21T05:59:59Z')).toBe('2026-11-21T06:00:00.000Z');
  });

  it('end at the same hour of the clock in nights of 23 and 25 hours', () => {
    expect(end('20:00', '07:00', '2026-03-28T20:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
    expect(end('20:00', '07:00', '2026-10-24T20:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
  });

  it('end after the gap when their end does not exist, and not between two ends when it exists twice', () => {
    expect(end('20:00', '02:30', '2026-03-28T23:00:00Z')).toBe('2026-03-29T01:00:00.000Z'); // 03:00, the first minute after 01:59
    expect(end('20:00', '02:30', '2026-10-24T23:00:00Z')).toBe('2026-10-25T00:30:00.000Z'); // the first 02:30
    expect(end('20:00', '02:30', '2026-10-25T01:10:00Z')).toBe('2026-10-25T01:30:00.000Z'); // 02:10 again is quiet again, until the second
  });
});
