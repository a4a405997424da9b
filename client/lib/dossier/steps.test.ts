import { describe, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { numberOf, stepsOf } from './steps.ts';

const at = (status: Status, day: number): Dossier['path'][number] => ({
  status,
  enteredAt: `2026-11-0${day}T08:00:00.000Z`,
  by: 'C. Aubry',
});
const path = [at('A_PREPARER', 1), at('PRESCRIPTION_VALIDEE', 2), at('CONTOURS_VALIDES', 3), at('PLAN_EN_REVUE', 4)];

describe('stepsOf', () => {
  it('tells what was passed, where it is and what is to come', () => {
    const steps = stepsOf({ status: 'PLAN_EN_REVUE', path });
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'now', 'todo', 'todo', 'todo', 'todo']);
    expect(steps[1]?.enteredAt).toContain('2026-11-02');
  });

  it('gives no date to a step that is ahead again after a move back', () => {
    const steps = stepsOf({ status: 'CONTOURS_VALIDES', path });
    expect(steps[3]).toMatchObject({ state: 'todo', enteredAt: undefined });
  });

  it('shows the detour only while the dossier is there, with the review ahead again', () => {
    const steps = stepsOf({ status: 'A_REPRENDRE_CONTOURAGE', path: [...path, at('A_REPRENDRE_CONTOURAGE', 5)] });
    expect(steps).toHaveLength(9);
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'todo', 'now', 'todo', 'todo', 'todo', 'todo']);
  });
});

describe('numberOf', () => {
  it('counts the eight steps of the way, the detour not', () => {
    expect(numberOf('PRET_POUR_TRAITEMENT')).toBe(6);
    expect(numberOf('CLOTURE')).toBe(8);
    expect(numberOf('A_REPRENDRE_CONTOURAGE')).toBeUndefined();
  });
});
