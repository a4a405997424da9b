import { describe, expect, it } from 'vitest';
import { isNight, reloadDue, scaleFor, shiftAt } from './kiosk.ts';

const PARIS = 'Europe/Paris';
const TEN_MIN_MS = 600_000;
const at = (text: string) => Date.parse(text);

describe('burn-in', () => {
  it('visits eight places, 2 px from one to the next, one every ten minutes', () => {
    const places = Array.from({ length: 9 }, (_, step) => shiftAt(step * TEN_MIN_MS));
    expect(new Set(places.slice(0, 8).map(({ x, y }) => `${x},${y}`)).size).toBe(8);
    expect(places[8]).toEqual(places[0]);
    for (const [step, place] of places.slice(1).entries()) {
      const before = places[step] ?? place;
      expect(Math.abs(place.x - before.x) + Math.abs(place.y - before.y)).toBe(2);
    }
  });

  it('stands still within ten minutes', () => {
    expect(shiftAt(3 * TEN_MIN_MS)).toEqual(shiftAt(4 * TEN_MIN_MS - 1));
  });
});

describe('the night', () => {
  it('lasts from 20:00 to 06:00 on the site’s clock, in winter and in summer', () => {
    expect(isNight(at('2026-11-20T18:59:59Z'), PARIS)).toBe(false);
    expect(isNight(at('2026-11-20T19:00:00Z'), PARIS)).toBe(true);
    expect(isNight(at('2026-11-21T04:59:59Z'), PARIS)).toBe(true);
    expect(isNight(at('2026-11-21T05:00:00Z'), PARIS)).toBe(false);
    expect(isNight(at('2026-07-14T18:00:00Z'), PARIS)).toBe(true);
    expect(isNight(at('2026-07-14T04:00:00Z'), PARIS)).toBe(false);
  });
});

describe('the reload of every night', () => {
  it('is due once a page has lived past 03:00', () => {
    const started = at('2026-11-20T10:00:00Z');
    expect(reloadDue(started, at('2026-11-21T01:59:59Z'), PARIS)).toBe(false);
    expect(reloadDue(started, at('2026-11-21T02:00:00Z'), PARIS)).toBe(true);
  });

  it('is still due when the server comes back later, and not again after it', () => {
    expect(reloadDue(at('2026-11-20T10:00:00Z'), at('2026-11-21T09:00:00Z'), PARIS)).toBe(true);
    expect(reloadDue(at('2026-11-21T02:00:05Z'), at('2026-11-21T09:00:00Z'), PARIS)).toBe(false);
  });
});

describe('the scale', () => {
  it('enlarges 1920 × 1080 to the screen and gives a screen of another shape room at its longer side', () => {
    expect(scaleFor(1920, 1080)).toEqual({ zoom: 1, width: 1920, height: 1080 });
    expect(scaleFor(3840, 2160).zoom).toBe(2);
    expect(scaleFor(1920, 1200)).toEqual({ zoom: 1, width: 1920, height: 1200 });
    expect(scaleFor(1366, 768).height).toBeCloseTo(1080, 0);
  });
});
