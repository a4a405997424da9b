import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../roles.ts';
import { LIGHTS, type LightColour } from '../qa/schemas.ts';
import { DEFAULT_WORKFLOW } from './default-workflow.ts';
import { ITEMS, STATUSES, type ItemCode, type Status } from './statuses.ts';
import {
  blockedBy,
  directionOf,
  isMine,
  itemsToEnter,
  revokedBy,
  rolesFor,
  unmetFor,
  unmetHardRules,
  type Clearance,
  type MoveFacts,
} from './workflow.ts';

// The tables of the domain page, written again by hand: the test must not ask the code what the code should do.
const PREPARED: ItemCode[] = ['identity_validated', 'exams_imported'];
const PRESCRIBED: ItemCode[] = [...PREPARED, 'prescription_signed'];
const CONTOURED: ItemCode[] = [...PRESCRIBED, 'contours_locked'];
const CHECKED: ItemCode[] = [...CONTOURED, 'qa_dosimetrie'];
const SIGNED: ItemCode[] = [...CHECKED, 'signature_oncologue'];
const TREATABLE: ItemCode[] = [...SIGNED, 'qa_machine_jour'];
const COMPLETED: ItemCode[] = [...TREATABLE, 'sessions_completed', 'final_report'];

const FORWARD: [from: Status, to: Status, roles: Role[], items: ItemCode[]][] = [
  ['A_PREPARER', 'PRESCRIPTION_VALIDEE', ['oncologist'], PREPARED],
  ['PRESCRIPTION_VALIDEE', 'CONTOURS_VALIDES', ['oncologist'], PRESCRIBED],
  ['CONTOURS_VALIDES', 'PLAN_EN_REVUE', ['dosimetrist'], CONTOURED],
  ['PLAN_EN_REVUE', 'PLAN_VALIDE', ['physicist'], CHECKED],
  ['A_REPRENDRE_CONTOURAGE', 'CONTOURS_VALIDES', ['oncologist'], PRESCRIBED],
  ['PLAN_VALIDE', 'PRET_POUR_TRAITEMENT', ['oncologist'], SIGNED],
  ['PRET_POUR_TRAITEMENT', 'EN_TRAITEMENT', ['technologist'], TREATABLE],
  ['EN_TRAITEMENT', 'CLOTURE', ['oncologist', 'physicist'], COMPLETED],
];

const BACK: [from: Status, to: Status, roles: Role[], revoked: ItemCode[]][] = [
  ['PRESCRIPTION_VALIDEE', 'A_PREPARER', ['technologist', 'oncologist'], PREPARED],
  ['CONTOURS_VALIDES', 'PRESCRIPTION_VALIDEE', ['oncologist'], ['prescription_signed']],
  ['PLAN_EN_REVUE', 'CONTOURS_VALIDES', ['oncologist', 'dosimetrist'], ['contours_locked']],
  [
    'PLAN_EN_REVUE',
    'A_REPRENDRE_CONTOURAGE',
    ['physicist', 'oncologist'],
    ['contours_locked', 'qa_dosimetrie', 'signature_oncologue', 'qa_machine_jour', 'sessions_completed', 'final_report'],
  ],
  ['PLAN_VALIDE', 'PLAN_EN_REVUE', ['physicist', 'dosimetrist'], ['qa_dosimetrie']],
  ['PRET_POUR_TRAITEMENT', 'PLAN_VALIDE', ['physicist', 'oncologist'], ['signature_oncologue']],
  ['EN_TRAITEMENT', 'PRET_POUR_TRAITEMENT', ['technologist', 'oncologist'], ['qa_machine_jour']],
];

const CLEAR: Clearance = { prescription: 'signed', dosimetryQaSigned: true, oncologistSigned: true, machine: 'versa-hd-1' };

function factsFor(status: Status, role: Role, done: Iterable<ItemCode>, more: Partial<MoveFacts> = {}): MoveFacts {
  return { status, role, done: new Set(done), clearance: CLEAR, light: 'green', hasComment: true, ...more };
}

function rulesOf(target: Status, facts: MoveFacts): string[] {
  return unmetFor(DEFAULT_WORKFLOW, target, facts)
    .map(({ rule }) => rule)
    .sort();
}

function expectForward([from, to, , items]: (typeof FORWARD)[number], role: Role, roleRule: string[]): void {
  expect(rulesOf(to, factsFor(from, role, items))).toEqual(roleRule);
  expect(rulesOf(to, factsFor(from, role, []))).toEqual([...items, ...roleRule].sort());
  for (const missing of items) {
    const others = ITEMS.filter((item) => item !== missing);
    expect(rulesOf(to, factsFor(from, role, others))).toEqual([missing, ...roleRule].sort());
  }
}

function expectBack([from, to]: (typeof BACK)[number], role: Role, roleRule: string[]): void {
  expect(rulesOf(to, factsFor(from, role, []))).toEqual(roleRule);
  expect(rulesOf(to, factsFor(from, role, [], { hasComment: false }))).toEqual(['comment', ...roleRule]);
}

describe('the transition table', () => {
  const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

  it.each(pairs)('from %s to %s asks every role for exactly the items, the role and the comment that the domain page names', (from, to) => {
    const forward = FORWARD.find(([a, b]) => a === from && b === to);
    const back = BACK.find(([a, b]) => a === from && b === to);
    const roles = forward?.[2] ?? back?.[2] ?? [];
    for (const role of ROLES) {
      const roleRule = roles.includes(role) ? [] : ['role'];
      if (forward) expectForward(forward, role, roleRule);
      else if (back) expectBack(back, role, roleRule);
      else expect(rulesOf(to, factsFor(from, role, ITEMS))).toEqual(['transition']);
    }
  });

  it('knows 8 steps forward and 7 back, each with one direction', () => {
    const known = pairs.filter(([from, to]) => directionOf(DEFAULT_WORKFLOW, from, to));
    expect(known).toHaveLength(FORWARD.length + BACK.length);
  });

  it.each(BACK)('a move back from %s to %s may be made by %s and revokes what it leaves behind', (from, to, roles, revoked) => {
    expect(new Set(rolesFor(DEFAULT_WORKFLOW, from, to))).toEqual(new Set(roles));
    expect(revokedBy(DEFAULT_WORKFLOW, from, to)).toEqual(revoked);
  });

  it.each(FORWARD)('a step forward from %s to %s revokes nothing', (from, to) => {
    expect(revokedBy(DEFAULT_WORKFLOW, from, to)).toEqual([]);
  });

  it('counts items cumulatively', () => {
    for (const [, to, , items] of FORWARD) expect(itemsToEnter(DEFAULT_WORKFLOW, to)).toEqual(items);
  });
});

describe('the hard rules', () => {
  it('hold whatever the workflow data says', () => {
    const statuses = { ...DEFAULT_WORKFLOW.statuses };
    for (const status of STATUSES) statuses[status] = { ...statuses[status], required: [] };
    const lax = { ...DEFAULT_WORKFLOW, statuses };
    const nothing: Clearance = { prescription: 'absent', dosimetryQaSigned: false, oncologistSigned: false, machine: null };
    const unmet = unmetFor(lax, 'EN_TRAITEMENT', factsFor('PRET_POUR_TRAITEMENT', 'technologist', [], { clearance: nothing }));
    expect(unmet.map(({ rule }) => rule)).toEqual([
      'prescription',
      'prescription_signed',
      'qa_dosimetrie',
      'signature_oncologue',
      'machine',
    ]);
  });

  const stops: LightColour[] = ['red', 'unknown', 'stopped'];
  it.each(LIGHTS)('a %s light blocks exactly when the QA page says so', (light) => {
    const rules = unmetHardRules(CLEAR, light).map(({ rule }) => rule);
    expect(rules).toEqual(stops.includes(light) ? ['qa_machine_jour'] : []);
  });

  it('name the machine and its light once, beside the item that stands for them', () => {
    const done = TREATABLE.filter((item) => item !== 'qa_machine_jour');
    const unmet = unmetFor(DEFAULT_WORKFLOW, 'EN_TRAITEMENT', factsFor('PRET_POUR_TRAITEMENT', 'technologist', done, { light: 'red' }));
    expect(unmet).toHaveLength(1);
    expect(unmet[0]).toMatchObject({ rule: 'qa_machine_jour', params: { light: 'red', machine: 'versa-hd-1' } });
  });

  it.each(STATUSES)('in %s they block a card from Prêt pour traitement until it is closed, and never elsewhere', (status) => {
    const watched = status === 'PRET_POUR_TRAITEMENT' || status === 'EN_TRAITEMENT';
    expect(blockedBy({ status, dueAt: null, clearance: CLEAR }, 'red', new Date()).length > 0).toBe(watched);
  });
});

describe('a stay that is too long', () => {
  const due = '2026-11-20T12:00:00.000Z';
  it('blocks from its due time on', () => {
    const card = { status: 'PLAN_EN_REVUE', dueAt: due, clearance: CLEAR } as const;
    expect(blockedBy(card, 'green', new Date('2026-11-20T11:59:59Z'))).toEqual([]);
    expect(blockedBy(card, 'green', new Date(due))).toEqual([{ rule: 'overdue', params: { dueAt: due } }]);
  });

  it('has no maximum in À préparer, En traitement and Clôturé', () => {
    const without = STATUSES.filter((status) => DEFAULT_WORKFLOW.statuses[status].maxHours === null);
    expect(without).toEqual(['A_PREPARER', 'EN_TRAITEMENT', 'CLOTURE']);
  });
});

describe('the filter "à moi"', () => {
  it.each(FORWARD)('shows %s to the roles that may take it to %s', (from, to, roles) => {
    for (const role of ROLES) {
      if (roles.includes(role)) expect(isMine(DEFAULT_WORKFLOW, from, role)).toBe(true);
    }
    expect(to).not.toBe(from);
  });

  it('shows no closed dossier to anybody', () => {
    expect(ROLES.filter((role) => isMine(DEFAULT_WORKFLOW, 'CLOTURE', role))).toEqual([]);
  });
});
