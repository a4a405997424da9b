import { describe, expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '#shared/dossiers/default-workflow.ts';
import type { Item } from '#shared/dossiers/schemas.ts';
import { STATUSES, type ItemCode } from '#shared/dossiers/statuses.ts';
import { groupItems, nextOf, withLight } from './items.ts';

function itemsWith(done: readonly ItemCode[]): Item[] {
  return STATUSES.flatMap((status) => {
    const rule = DEFAULT_WORKFLOW.statuses[status];
    const one =
      (required: boolean) =>
      (code: ItemCode): Item => {
        const { kind, tickedBy, evidence, evidenceRequired } = DEFAULT_WORKFLOW.items[code];
        const who = { by: null, role: null, at: null, evidence: null, comment: null };
        return {
          code,
          label: code,
          kind,
          status,
          required,
          tickedBy,
          evidenceKind: evidence,
          evidenceRequired,
          done: done.includes(code),
          ...who,
        };
      };
    return [...rule.required.map(one(true)), ...rule.optional.map(one(false))];
  });
}

const codes = (items: readonly Item[]) => items.map((item) => item.code);

describe('groupItems', () => {
  it('puts the items of the next step first', () => {
    const groups = groupItems(itemsWith([]), 'A_PREPARER', 'PRESCRIPTION_VALIDEE');
    expect(codes(groups.now)).toEqual(['identity_validated', 'exams_imported']);
    expect([groups.required, groups.requiredDone]).toEqual([2, 0]);
    expect(groups.behind.items).toEqual([]);
    expect(groups.later.map((group) => group.status)).toEqual([
      'CONTOURS_VALIDES',
      'PLAN_EN_REVUE',
      'PLAN_VALIDE',
      'PRET_POUR_TRAITEMENT',
      'EN_TRAITEMENT',
      'CLOTURE',
    ]);
  });

  it('folds what is behind and counts it', () => {
    const groups = groupItems(
      itemsWith(['identity_validated', 'exams_imported', 'prescription_signed']),
      'CONTOURS_VALIDES',
      'PLAN_EN_REVUE',
    );
    expect(codes(groups.now)).toEqual(['contours_locked', 'constraints_documented']);
    expect(groups.behind).toMatchObject({ steps: 2, done: 3 });
    expect(groups.required).toBe(1);
  });

  it('brings a required item of an earlier step back when it no longer holds', () => {
    const groups = groupItems(itemsWith(['identity_validated', 'exams_imported', 'contours_locked']), 'PLAN_EN_REVUE', 'PLAN_VALIDE');
    expect(codes(groups.now)).toEqual(['prescription_signed', 'qa_dosimetrie', 'independent_check']);
    expect(groups.behind.items.map((item) => item.code)).not.toContain('prescription_signed');
  });

  it('leaves an optional item of an earlier step folded though it is not ticked', () => {
    const groups = groupItems(itemsWith([]), 'PLAN_VALIDE', 'PRET_POUR_TRAITEMENT');
    expect(codes(groups.behind.items)).toContain('independent_check');
  });

  it('has everything behind once there is no next step', () => {
    const groups = groupItems(itemsWith([]), 'CLOTURE', nextOf(DEFAULT_WORKFLOW, 'CLOTURE'));
    expect(groups.now).toEqual([]);
    expect(groups.behind.items).toHaveLength(13);
    expect(groups.later).toEqual([]);
  });

  it('counts from À reprendre contourage towards Contours validés', () => {
    const groups = groupItems(
      itemsWith(['identity_validated', 'exams_imported']),
      'A_REPRENDRE_CONTOURAGE',
      nextOf(DEFAULT_WORKFLOW, 'A_REPRENDRE_CONTOURAGE'),
    );
    expect(codes(groups.now)).toEqual(['prescription_signed']);
  });
});

describe('withLight', () => {
  const NOW = Date.parse('2026-11-20T09:00:00Z');
  const light = {
    machine: 'v',
    reasons: [],
    why: [],
    asOf: '2026-11-20T06:00:00.000Z',
    until: null,
    by: null,
    set: null,
    silentSince: null,
    override: null,
  };

  it('lets the machine item follow the light as it is now', () => {
    const of = (items: readonly Item[]) => items.find((item) => item.code === 'qa_machine_jour');
    expect(of(withLight(itemsWith([]), { ...light, light: 'amber' }, NOW))).toMatchObject({ done: true, evidence: 'amber' });
    expect(of(withLight(itemsWith(['qa_machine_jour']), { ...light, light: 'unknown' }, NOW))).toMatchObject({
      done: false,
      evidence: 'unknown',
    });
    expect(of(withLight(itemsWith([]), undefined, NOW))).toMatchObject({ done: false, evidence: null });
  });
});
