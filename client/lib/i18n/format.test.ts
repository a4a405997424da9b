import { beforeEach, describe, expect, test } from 'vitest';
import { ageInYears, format, initialsOf, ippOf, nameOf } from './format.ts';
import { locale } from './locale.svelte.ts';
import { spaced } from './typography.ts';

const AT = '2026-11-20T13:05:08.000Z';
const NBSP = '\u00A0';

beforeEach(() => locale.choose('fr'));

describe('formats', () => {
  test('dates and hours are those of the site, whatever the device’s zone', async () => {
    expect(format.dateTime(AT, AT)).toBe('ven. 20 nov. 14:05');
    expect(format.timeWithSeconds(AT)).toBe('14:05:08');
    expect(format.dateLong(AT)).toBe('vendredi 20 novembre');
    expect(format.dateTime('2025-07-01T08:00:00Z', AT)).toBe('mar. 1 juil. 2025 10:00');
    await locale.choose('en');
    expect(format.dateTime(AT, AT)).toBe('Fri, 20 Nov 14:05');
  });

  test('a birth date is a day: no zone moves it', () => {
    expect(format.day('1959-02-03')).toBe('3 févr. 1959');
    expect(ageInYears('1959-02-03', AT)).toBe(67);
    expect(ageInYears('1959-11-21', AT)).toBe(66);
  });

  test.each([
    [40 * 60_000, `40${NBSP}min`],
    [5 * 3_600_000, `5${NBSP}h`],
    [12 * 86_400_000, `12${NBSP}j`],
    [-3 * 3_600_000, `\u22123${NBSP}h`],
    [0, `0${NBSP}min`],
  ])('%d ms is said as %s', (ms, text) => expect(format.duration(ms)).toBe(text));

  test('the age of a tile has seconds', () => {
    expect(format.age(3400)).toBe(`3${NBSP}s`);
    expect(format.age(61_000)).toBe(`1${NBSP}min`);
  });

  test('numbers use the font’s spaces and a true minus', () => {
    expect(format.number(1558)).toBe(`1${NBSP}558`);
    expect(format.number(-3.25, 2)).toBe('\u22123,25');
    expect(format.percent(0.942)).toBe(`94,2${NBSP}%`);
    expect(format.bytes(1_240_000)).toBe(`1,2${NBSP}Mo`);
    expect(format.bytes(0)).toBe(`0${NBSP}o`);
  });

  test('people are NOM Prénom, identifiers read in threes', () => {
    expect(nameOf({ lastName: 'Le Goff-Tanguy', firstName: 'Yann' })).toBe('LE GOFF-TANGUY Yann');
    expect(initialsOf('Inès Moreau')).toBe('IM');
    expect(ippOf('30418227')).toBe(`30${NBSP}418${NBSP}227`);
    expect(ippOf('AB-12')).toBe('AB-12');
  });

  test('French marks stay with their word', () => {
    expect(spaced('Passer à « Plan validé » ?')).toBe(`Passer à «${NBSP}Plan validé${NBSP}»${NBSP}?`);
  });
});
