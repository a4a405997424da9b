import { describe, expect, it } from 'vitest';
import { doseAgreement, numberFrom } from './dose.ts';

describe('doseAgreement', () => {
  it.each([
    [60, 20, 3, true],
    [60, 20, 3.03, true],
    [60, 20, 3.04, false],
    [40.05, 15, 2.67, true],
    [50, 25, 1.9, false],
  ])('judges %d Gy in %d fractions of %d Gy within 1 %%', (total, fractions, each, agrees) => {
    expect(doseAgreement(total, fractions, each)?.agrees).toBe(agrees);
  });

  it('says nothing while a number is missing', () => {
    expect(doseAgreement(60, undefined, 3)).toBeUndefined();
    expect(doseAgreement(0, 20, 3)).toBeUndefined();
  });
});

describe('numberFrom', () => {
  it('reads a comma as well as a point', () => {
    expect(numberFrom(' 2,67 ')).toBe(2.67);
    expect(numberFrom('40.05')).toBe(40.05);
    expect(numberFrom('1 200')).toBe(1200);
  });

  it('refuses what is no number', () => {
    for (const text of ['', 'abc', '1,2,3', '-4', '1e3']) expect(numberFrom(text)).toBeUndefined();
  });
});
