import { describe, expect, it } from 'vitest';
import { cardHeight, MOST_CARDS, offsetsOf, rangeOf } from './window.ts';
import { linesOf } from './wrap.ts';

const offsets = offsetsOf(
  Array.from({ length: 250 }, () => 86),
  5,
);

describe('the cards of a column in the document', () => {
  it('begin with the first and count those below', () => {
    const { start, end, below } = rangeOf(offsets, 0, 700);
    expect(start).toBe(0);
    expect(end).toBeGreaterThan(8);
    expect(below).toBe(242);
  });

  it.each([0, 1, 90, 91, 5000, 12_345, 22_000, 99_999])('hold all that can be seen when scrolled to %i', (scrollTop) => {
    const { start, end } = rangeOf(offsets, scrollTop, 700);
    const seen = offsets.slice(0, -1).flatMap((top, index) => (top + 86 > scrollTop && top < scrollTop + 700 ? [index] : []));
    for (const index of seen) expect(index >= start && index < end).toBe(true);
  });

  it('are never more than a column may hold, so that nine columns stay under 300', () => {
    for (const view of [700, 2160, 20_000]) {
      const { start, end } = rangeOf(offsets, 4000, view);
      expect(end - start).toBeLessThanOrEqual(MOST_CARDS);
    }
    expect(MOST_CARDS * 9).toBeLessThan(300);
  });

  it('leave none below at the end', () => expect(rangeOf(offsets, 250 * 91 - 700, 700)).toMatchObject({ end: 250, below: 0 }));

  it('are none in an empty column', () => expect(rangeOf(offsetsOf([], 5), 0, 700)).toEqual({ start: 0, end: 0, below: 0 }));
});

describe('the height of a card', () => {
  it('grows by line of its reason and with the size of the text', () => {
    expect(cardHeight(0, 1)).toBe(86);
    expect(cardHeight(2, 1)).toBe(120);
    expect(cardHeight(2, 1.5)).toBe(180);
  });
});

describe('the lines of a reason', () => {
  const measure = (text: string) => text.length * 6;

  it('break between words only', () => {
    expect(linesOf('', 60, measure)).toBe(0);
    expect(linesOf('Délai', 60, measure)).toBe(1);
    expect(linesOf('Délai dépassé depuis hier', 66, measure)).toBe(3);
    expect(linesOf('anticonstitutionnellement', 60, measure)).toBe(1);
  });
});
