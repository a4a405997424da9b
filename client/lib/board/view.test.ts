import { describe, expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '#shared/dossiers/default-workflow.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { blockersOf, boundariesOf, lastPassed, markOf } from './blocked.ts';
import { merged } from './cards.ts';
import { NO_FILTERS } from './filters.ts';
import { aCard } from './testing.ts';
import { columnsOf, shownCards, totalsOf } from './view.ts';

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const green: Light = {
  machine: 'versa-1',
  light: 'green',
  reasons: [],
  why: [],
  asOf: null,
  until: '2026-11-20T23:00:00.000Z',
  by: 'Inès Moreau',
  set: 'hand',
  silentSince: null,
  override: null,
};
const lights = new Map([['versa-1', green]]);
const sight = { lights, at: NOON, workflow: DEFAULT_WORKFLOW, role: 'technologist' as const };

describe('blocked, as the browser computes it', () => {
  const treated = aCard({ status: 'EN_TRAITEMENT' });
  const rules = (at: number, table = lights) => blockersOf(treated, table, at).map(({ rule }) => rule);

  it('follows the light of the machine', () => {
    expect(rules(NOON)).toEqual([]);
    expect(rules(NOON, new Map([['versa-1', { ...green, light: 'red' }]]))).toEqual(['qa_machine_jour']);
  });

  it('follows the clock: a light that has ended is unknown, and unknown blocks', () => {
    const [reason] = blockersOf(treated, lights, Date.parse('2026-11-20T23:00:00.000Z'));
    expect(reason).toMatchObject({ rule: 'qa_machine_jour', params: { light: 'unknown' } });
    expect(reason && markOf(reason)).toBe('lost');
  });

  it('follows the clock: a stay that is too long', () => {
    const card = aCard({ status: 'PLAN_EN_REVUE', dueAt: '2026-11-20T12:00:00.000Z' });
    expect(blockersOf(card, lights, NOON - 1)).toEqual([]);
    expect(blockersOf(card, lights, NOON)).toMatchObject([{ rule: 'overdue' }]);
  });

  it('is what the server said until the lights are known', () => {
    const blocked = [{ rule: 'overdue', message: 'Trop long' }];
    expect(blockersOf(aCard({ blocked }), undefined, NOON)).toBe(blocked);
  });

  it('changes by time at the boundaries only', () => {
    const boundaries = boundariesOf([aCard({ dueAt: '2026-11-20T12:00:00.000Z' }), aCard()], lights);
    expect(boundaries).toEqual([NOON, Date.parse('2026-11-20T23:00:00.000Z')]);
    expect(lastPassed(boundaries, NOON - 1)).toBe(0);
    expect(lastPassed(boundaries, NOON)).toBe(NOON);
    expect(lastPassed(boundaries, NOON + 1)).toBe(NOON);
  });
});

describe('the columns', () => {
  const waiting = aCard({ status: 'A_PREPARER' });
  const late = aCard({ status: 'PLAN_EN_REVUE', dueAt: '2026-11-20T11:00:00.000Z' });
  const ready = aCard({ status: 'PRET_POUR_TRAITEMENT' });
  const closed = aCard({ status: 'CLOTURE' });
  const cards = merged(new Map(), [waiting, late, ready, closed]);
  const shown = shownCards(cards, new Map(), sight);

  it('count what is in them and what is blocked', () => {
    const columns = columnsOf(shown, NO_FILTERS, '');
    expect(columns).toHaveLength(9);
    expect(columns.find(({ status }) => status === 'PLAN_EN_REVUE')).toMatchObject({ blocked: 1, cards: [{ card: late }] });
    expect(totalsOf(shown)).toEqual({ open: 3, mine: 1, blocked: 1 });
  });

  it('show a move under way where it will be, on top of what the server holds', () => {
    const pending = new Map([[late.id, { target: 'PLAN_VALIDE' as const, enteredAt: '2026-11-20T12:00:00.000Z' }]]);
    const moved = shownCards(cards, pending, sight).find(({ card }) => card.id === late.id);
    expect(moved).toMatchObject({ pending: true, blockers: [], card: { status: 'PLAN_VALIDE' } });
    expect(cards.get(late.id)).toBe(late);
  });

  it('“mine” is what my role may move forward next', () => {
    expect(shown.filter(({ mine }) => mine).map(({ card }) => card)).toEqual([ready]);
    expect(columnsOf(shown, { ...NO_FILTERS, show: 'mine' }, '').flatMap(({ cards: some }) => some)).toHaveLength(1);
  });
});
