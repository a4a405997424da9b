import { describe, expect, test } from 'vitest';
import { barsPath, linePath } from './spark.ts';

const box = { width: 100, height: 20, slots: 5 };

describe('a spark line', () => {
  test('goes from the first to the last value, the highest on top, zero on the ground', () => {
    expect(linePath([0, 5, 10, 5, 0], box)).toBe('M0 18.5L25 10L50 1.5L75 10L100 18.5');
  });

  test('stands at the right while it is young, and one value is a short line', () => {
    expect(linePath([2, 2], box)).toBe('M75 1.5L100 1.5');
    expect(linePath([2], box)).toBe('M75 1.5L100 1.5');
  });

  test('is nothing without values, and lies on the ground without traffic', () => {
    expect(linePath([], box)).toBe('');
    expect(linePath([0, 0], box)).toBe('M75 18.5L100 18.5');
  });
});

describe('bars', () => {
  test('are as tall as their values; what is not zero is seen', () => {
    expect(barsPath([10, 0, 0.01], box)).toBe('M40 20v-20h14.4v20zM80 20v-1h14.4v1z');
  });

  test('show the newest when there are too many', () => {
    expect(barsPath([9, 1, 1, 1, 1, 1], box)).not.toContain('M-');
    expect(barsPath([], box)).toBe('');
  });
});
