import { describe, expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '#shared/dossiers/default-workflow.ts';
import type { Move } from '#shared/dossiers/schemas.ts';
import { STATUSES } from '#shared/dossiers/statuses.ts';
import { choicesIn, gatesFor } from './gates.ts';
import { cardAfter, columnAfter, type KeyColumn } from './navigation.ts';

const columns: KeyColumn[] = [
  { status: 'A_PREPARER', ids: ['a1', 'a2', 'a3'] },
  { status: 'PRESCRIPTION_VALIDEE', ids: [] },
  { status: 'CONTOURS_VALIDES', ids: ['c1', 'c2'] },
];

const allowed: Move[] = [
  { target: 'CONTOURS_VALIDES', direction: 'back', allowed: true, reasons: [], revokes: ['contours_locked'] },
  { target: 'A_REPRENDRE_CONTOURAGE', direction: 'back', allowed: true, reasons: [], revokes: ['contours_locked'] },
  { target: 'PLAN_VALIDE', direction: 'forward', allowed: false, reasons: [{ rule: 'role', message: '' }], revokes: [] },
];

describe('arrows between cards', () => {
  it.each([
    ['a1', 'ArrowDown', 'a2'],
    ['a3', 'ArrowDown', 'a3'],
    ['a1', 'ArrowUp', 'a1'],
    ['a2', 'Home', 'a1'],
    ['a1', 'End', 'a3'],
    ['c1', 'ArrowLeft', 'a1'],
    ['c2', 'ArrowRight', 'c2'],
    ['gone', 'ArrowDown', 'gone'],
  ] as const)('lead from %s with %s to %s', (from, key, to) => expect(cardAfter(columns, from, key)).toBe(to));

  it('skip an empty column and stay at the same height, or at the last card', () => {
    expect(cardAfter(columns, 'a2', 'ArrowRight')).toBe('c2');
    expect(cardAfter(columns, 'a3', 'ArrowRight')).toBe('c2');
  });
});

describe('the columns say to a lifted card', () => {
  it('which of them are steps, before the server has answered', () => {
    const gates = gatesFor('PLAN_EN_REVUE', undefined, DEFAULT_WORKFLOW);
    expect(gates.PLAN_EN_REVUE).toEqual({ kind: 'own' });
    expect(gates.PLAN_VALIDE).toEqual({ kind: 'asking', direction: 'forward' });
    expect(gates.CONTOURS_VALIDES).toEqual({ kind: 'asking', direction: 'back' });
    expect(STATUSES.filter((status) => gates[status].kind === 'no-step')).toHaveLength(5);
  });

  it('every reason against it, once the server has answered', () => {
    const gates = gatesFor('PLAN_EN_REVUE', allowed, DEFAULT_WORKFLOW);
    expect(gates.PLAN_VALIDE).toMatchObject({ kind: 'refused', reasons: [{ rule: 'role' }] });
    expect(gates.CONTOURS_VALIDES).toEqual({ kind: 'open', direction: 'back', revokes: ['contours_locked'] });
    expect(gates.EN_TRAITEMENT).toEqual({ kind: 'no-step' });
  });

  it('the answer holds even where the workflow here is older', () => {
    expect(gatesFor('PLAN_EN_REVUE', [], DEFAULT_WORKFLOW).PLAN_VALIDE).toEqual({ kind: 'no-step' });
  });
});

describe('the keyboard chooses a column', () => {
  const choices = choicesIn(gatesFor('PLAN_EN_REVUE', allowed, DEFAULT_WORKFLOW));

  it('among those that may be entered and the card’s own', () => {
    expect(choices).toEqual(['CONTOURS_VALIDES', 'PLAN_EN_REVUE', 'A_REPRENDRE_CONTOURAGE']);
  });

  it('and stays at the ends', () => {
    expect(columnAfter(choices, 'PLAN_EN_REVUE', 'ArrowLeft')).toBe('CONTOURS_VALIDES');
    expect(columnAfter(choices, 'CONTOURS_VALIDES', 'ArrowLeft')).toBe('CONTOURS_VALIDES');
    expect(columnAfter(choices, 'PLAN_EN_REVUE', 'ArrowRight')).toBe('A_REPRENDRE_CONTOURAGE');
    expect(columnAfter(choices, 'A_REPRENDRE_CONTOURAGE', 'ArrowRight')).toBe('A_REPRENDRE_CONTOURAGE');
  });

  it('comes back to the first choice when its column is none any more', () => {
    expect(columnAfter(choices, 'CLOTURE', 'ArrowRight')).toBe('CONTOURS_VALIDES');
  });
});
