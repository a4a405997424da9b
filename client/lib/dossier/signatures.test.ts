import { describe, expect, it } from 'vitest';
import type { Signature } from '#shared/dossiers/schemas.ts';
import { brokenBy, shortCode, signatureLines } from './signatures.ts';

const at = '2026-11-20T09:00:00.000Z';
function signature(item: Signature['item'], why?: 'revoked' | 'broken' | 'replaced'): Signature {
  return {
    item,
    by: 'C. Aubry',
    role: 'oncologist',
    at,
    comment: null,
    hash: 'a'.repeat(64),
    ended: why ? { why, by: 'N. Roy', at } : null,
  };
}

describe('shortCode', () => {
  it('shows the first 40 bits of a hash in two groups of four', () => {
    expect(shortCode('0'.repeat(64))).toBe('0000-0000');
    expect(shortCode('f'.repeat(64))).toBe('ZZZZ-ZZZZ');
    expect(shortCode(`0123456789${'0'.repeat(54)}`)).toBe('04HM-ASW9');
  });

  it('uses no letter that is taken for another', () => {
    expect(shortCode('93a1f0be27c4d5'.padEnd(64, '8'))).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});

describe('signatureLines', () => {
  it('has one line per signed act, missing ones too', () => {
    expect(signatureLines([]).map((line) => line.state)).toEqual(['missing', 'missing', 'missing']);
  });

  it('shows a broken signature as broken until it is signed again', () => {
    expect(signatureLines([signature('prescription_signed', 'broken')])[0]).toMatchObject({ state: 'broken', earlier: [] });
    const again = signatureLines([signature('prescription_signed', 'broken'), signature('prescription_signed')]);
    expect(again[0]).toMatchObject({ state: 'valid' });
    expect(again[0]?.earlier).toHaveLength(1);
  });

  it('lets the newest ended signature decide', () => {
    expect(signatureLines([signature('qa_dosimetrie', 'broken'), signature('qa_dosimetrie', 'revoked')])[1]?.state).toBe('revoked');
  });
});

describe('brokenBy', () => {
  const signatures = [signature('prescription_signed'), signature('qa_dosimetrie'), signature('signature_oncologue')];

  it('names what a change of the prescription breaks', () => {
    expect(brokenBy({ signatures }, 'prescription').map((one) => one.item)).toEqual(['prescription_signed', 'signature_oncologue']);
  });

  it('names what a change of the plan breaks, ended ones left out', () => {
    const ended = [signature('qa_dosimetrie', 'revoked'), signature('signature_oncologue')];
    expect(brokenBy({ signatures: ended }, 'plan').map((one) => one.item)).toEqual(['signature_oncologue']);
  });
});
