import { describe, expect, it } from 'vitest';
import { differences, merged } from './drafts.ts';

const base = { site: 'Prostate', technique: 'VMAT', rows: [{ organ: 'Rectum' }] };

describe('differences', () => {
  it('finds nothing while the stored state is what the form began from', () => {
    expect(differences(base, { ...base, site: 'Sein' }, structuredClone(base))).toEqual([]);
  });

  it('tells what others changed, and that it does not meet what was typed', () => {
    expect(differences(base, { ...base, site: 'Sein' }, { ...base, technique: 'IMRT' })).toEqual([
      { field: 'technique', mine: 'VMAT', current: 'IMRT', contested: false },
    ]);
  });

  it('tells when both changed the same field, with both texts', () => {
    expect(differences(base, { ...base, site: 'Sein' }, { ...base, site: 'Poumon' })).toEqual([
      { field: 'site', mine: 'Sein', current: 'Poumon', contested: true },
    ]);
  });

  it('sees no contest where both wrote the same', () => {
    expect(differences(base, { ...base, site: 'Sein' }, { ...base, site: 'Sein' })[0]?.contested).toBe(false);
  });

  it('compares a table as a whole', () => {
    expect(differences(base, base, { ...base, rows: [{ organ: 'Vessie' }] }).map((one) => one.field)).toEqual(['rows']);
  });
});

describe('merged', () => {
  it('keeps what was typed and takes the rest from what is stored', () => {
    expect(merged(base, { ...base, site: 'Sein' }, { ...base, site: 'Poumon', technique: 'IMRT' })).toEqual({
      ...base,
      site: 'Sein',
      technique: 'IMRT',
    });
  });

  it('is the stored state when nothing was typed', () => {
    const current = { ...base, site: 'Poumon' };
    expect(merged(base, base, current)).toEqual(current);
  });
});
