import { describe, expect, it } from 'vitest';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { changedParts } from './changed-parts.ts';

const before = {
  status: 'PLAN_EN_REVUE',
  enteredAt: '2026-11-20T08:00:00.000Z',
  version: 4,
  priority: 'normal',
  tags: [],
  items: [],
  signatures: [],
  sessionList: [],
  prescription: null,
  plan: null,
};
const after = (more: object) => changedParts(before as never, { ...before, version: 5, ...more } as unknown as Dossier); // only the fields that are compared

describe('changedParts', () => {
  it('finds the places of the page where two states differ', () => {
    expect(after({ status: 'PLAN_VALIDE', items: [{ code: 'qa_dosimetrie' }] })).toEqual(['path', 'items']);
    expect(after({ priority: 'urgent' })).toEqual(['facts']);
  });

  it('finds nothing where only the version rose', () => {
    expect(after({})).toEqual([]);
  });
});
