import { describe, expect, it } from 'vitest';
import { choicesOf, filtersFrom, found, NO_FILTERS, passes, queryOf, type Filters } from './filters.ts';
import { aCard } from './testing.ts';

const nothing = { mine: false, blocked: false };

describe('filters in the address', () => {
  it.each<Partial<Filters>>([
    {},
    { show: 'mine' },
    { show: 'blocked', machine: 'tomo-1' },
    { pathology: 'Œsophage', priority: 'urgent', physician: 'Dr Kermadec' },
  ])('come back from the address that names them: %j', (some) => {
    const filters = { ...NO_FILTERS, ...some };
    expect(filtersFrom(new URLSearchParams(queryOf(filters)))).toEqual(filters);
  });

  it('name nothing when nothing is filtered', () => expect(queryOf(NO_FILTERS)).toBe(''));

  it('ignore what cannot be meant', () => {
    expect(filtersFrom(new URLSearchParams('show=everything&priority=very'))).toEqual(NO_FILTERS);
  });
});

describe('a card passes', () => {
  const card = aCard({ priority: 'high' });

  it.each<[Partial<Filters>, Partial<typeof nothing>, boolean]>([
    [{}, {}, true],
    [{ show: 'mine' }, {}, false],
    [{ show: 'mine' }, { mine: true }, true],
    [{ show: 'blocked' }, { mine: true }, false],
    [{ show: 'blocked' }, { blocked: true }, true],
    [{ machine: 'versa-1' }, {}, true],
    [{ machine: 'tomo-1' }, {}, false],
    [{ priority: 'high' }, {}, true],
    [{ priority: 'low' }, {}, false],
    [{ pathology: 'SEIN g' }, {}, true],
    [{ pathology: 'Poumon' }, {}, false],
    [{ physician: 'dr nadeau' }, {}, true],
    [{ physician: 'Dr Lemaire' }, {}, false],
  ])('with %j and %j: %s', (filters, seen, expected) => {
    expect(passes(card, { ...nothing, ...seen }, { ...NO_FILTERS, ...filters }, '')).toBe(expected);
  });
});

describe('the search finds a card', () => {
  const card = aCard({ number: 57 });

  it.each(['', 'rouv', 'ROUVIERE', 'rouvière eloise', 'eloi', '57', '30418', '30 418 227', '  rouv  '])('by “%s”', (text) => {
    expect(found(card, text)).toBe(true);
  });

  it.each(['viere', 'rouv xavier', '58', '418', '30 419'])('not by “%s”', (text) => expect(found(card, text)).toBe(false));
});

it('the choices of a filter are the texts of the cards, once each, in order', () => {
  expect(choicesOf(['Sein G', null, 'ORL', 'sein g', '', 'Œsophage'])).toEqual(['Œsophage', 'ORL', 'Sein G']);
});
