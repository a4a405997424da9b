import { describe, expect, it } from 'vitest';
import { byStay, merged, withoutGone } from './cards.ts';
import { aCard } from './testing.ts';

describe('the cards of a board', () => {
  const card = aCard({ version: 3, status: 'PLAN_VALIDE' });
  const held = merged(new Map(), [card]);

  it('drops a card that is older than the one it holds', () => {
    const late = { ...card, version: 2, status: 'PLAN_EN_REVUE' as const };
    expect(merged(held, [late]).get(card.id)).toBe(card);
  });

  it('takes a newer card, and the same version as another role sees it', () => {
    const newer = { ...card, version: 4 };
    const same = { ...card, pathology: null };
    expect(merged(held, [newer]).get(card.id)).toBe(newer);
    expect(merged(held, [same]).get(card.id)).toBe(same);
  });

  it('never changes the map that it was given', () => {
    merged(held, [aCard()]);
    expect(held.size).toBe(1);
  });

  it('forgets open cards that a whole list does not name, but no closed one', () => {
    const [kept, gone, closed] = [aCard(), aCard(), aCard({ status: 'CLOTURE' })];
    const left = withoutGone(merged(new Map(), [kept, gone, closed]), [kept.id]);
    expect([...left.keys()]).toEqual([kept.id, closed.id]);
  });

  it('puts the longest in its status first, and keeps that order between equals', () => {
    const old = aCard({ enteredAt: '2026-11-01T08:00:00.000Z' });
    const [a, b] = [aCard(), aCard()];
    expect([b, a, old].sort(byStay)).toEqual([old, a, b]);
  });
});
