import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import { ApiError, Offline } from '../api/failures.ts';
import type { Attempt, Notice } from './attempt.ts';
import { merged, type Cards } from './cards.ts';
import { Mover } from './mover.svelte.ts';
import { aCard, aDossier } from './testing.ts';

const NOW = Date.parse('2026-11-20T14:00:00.000Z');

function setUp(card: DossierCard) {
  let cards: Cards = merged(new Map(), [card]);
  let answer: (dossier: Dossier) => void = () => undefined;
  let refuse: (error: unknown) => void = () => undefined;
  const asked = () =>
    new Promise<Dossier>((resolve, reject) => {
      answer = resolve;
      refuse = reject;
    });
  const move = vi.fn<(attempt: Attempt) => Promise<Dossier>>(asked);
  const undo = vi.fn<(id: string, version: number) => Promise<Dossier>>(asked);
  const done = vi.fn();
  const failed = vi.fn<(notice: Notice) => void>();
  const mover = new Mover({
    move,
    undo,
    done,
    failed,
    held: (id) => cards.get(id),
    put: (one) => (cards = merged(cards, [one])),
    around: (_ids, apply) => apply(),
    now: () => NOW,
  });
  const settled = async (act: () => void, attempt: Promise<void>) => {
    act();
    await attempt;
  };
  return {
    mover,
    move,
    undo,
    done,
    failed,
    held: () => cards.get(card.id),
    put: (one: DossierCard) => (cards = merged(cards, [one])),
    answer: (dossier: Dossier, attempt: Promise<void>) => settled(() => answer(dossier), attempt),
    refuse: (error: unknown, attempt: Promise<void>) => settled(() => refuse(error), attempt),
  };
}

describe('a move', () => {
  const card = aCard({ version: 4, status: 'PLAN_EN_REVUE' });
  const moved: DossierCard = { ...card, version: 5, status: 'PLAN_VALIDE' };
  const attempt: Attempt = { id: card.id, target: 'PLAN_VALIDE', version: 4 };
  const until = new Date(NOW + 10_000).toISOString();

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is on the screen at once and changes nothing that the server holds', () => {
    const { mover, held, move } = setUp(card);
    void mover.move(attempt);
    expect(mover.pending.get(card.id)?.target).toBe('PLAN_VALIDE');
    expect(held()).toBe(card);
    expect(move).toHaveBeenCalledWith(attempt);
  });

  it('is not made twice at once for one card', () => {
    const { mover, move } = setUp(card);
    void mover.move(attempt);
    void mover.move({ ...attempt, target: 'CONTOURS_VALIDES' });
    expect(move).toHaveBeenCalledTimes(1);
  });

  it('that is saved stays, and can be taken back until the server’s time for it is over', async () => {
    const { mover, held, answer, done } = setUp(card);
    await answer(aDossier(moved, until), mover.move(attempt));
    expect(mover.pending.size).toBe(0);
    expect(held()).toEqual(moved);
    expect(mover.undos.get(card.id)).toEqual({ version: 5, back: 'PLAN_EN_REVUE' });
    expect(done).toHaveBeenCalledWith(moved, { undone: false, undo: { lastsMs: 10_000 } });
    vi.advanceTimersByTime(10_000);
    expect(mover.undos.size).toBe(0);
  });

  it('is taken back on the version that the server gave it', async () => {
    const { mover, undo, answer, held } = setUp(card);
    await answer(aDossier(moved, until), mover.move(attempt));
    const back = mover.undo(card.id);
    expect(mover.pending.get(card.id)?.target).toBe('PLAN_EN_REVUE');
    await answer(aDossier({ ...card, version: 6 }), back);
    expect(undo).toHaveBeenCalledWith(card.id, 5);
    expect(held()).toMatchObject({ version: 6, status: 'PLAN_EN_REVUE' });
    expect(mover.undos.size).toBe(0);
  });

  it('can no longer be taken back once something else happened to the card', async () => {
    const { mover, undo, answer } = setUp(card);
    await answer(aDossier(moved, until), mover.move(attempt));
    mover.overtaken(card.id, 5);
    expect(mover.undos.size).toBe(1);
    mover.overtaken(card.id, 6);
    await mover.undo(card.id);
    expect(undo).not.toHaveBeenCalled();
  });

  it('that is refused goes back and keeps every condition', async () => {
    const { mover, held, refuse, failed } = setUp(card);
    const reasons = [
      { rule: 'role', message: 'a' },
      { rule: 'qa_dosimetrie', message: 'b' },
    ];
    await refuse(new ApiError(422, 'dossier.transition', '', reasons), mover.move(attempt));
    expect(mover.pending.size).toBe(0);
    expect(held()).toBe(card);
    expect(mover.notice).toEqual({ id: card.id, target: 'PLAN_VALIDE', kind: 'refused', reasons });
    expect(failed).toHaveBeenCalledOnce();
  });

  it('on a stale card goes to where the card really is, and says who changed it', async () => {
    const { mover, held, refuse } = setUp(card);
    const current = aDossier({ ...card, version: 7, status: 'A_REPRENDRE_CONTOURAGE' });
    const changes = [
      {
        by: 'Sophie Nadeau',
        role: 'oncologist' as const,
        at: '2026-11-20T13:59:58.000Z',
        what: 'dossier.moved',
        subject: null,
        from: 'PLAN_EN_REVUE' as const,
        to: 'A_REPRENDRE_CONTOURAGE' as const,
      },
    ];
    await refuse(new ApiError(409, 'dossier.changed', '', { current, changes }), mover.move(attempt));
    expect(held()).toMatchObject({ version: 7, status: 'A_REPRENDRE_CONTOURAGE' });
    expect(mover.notice).toMatchObject({ kind: 'changed', changes });
  });

  it('that reaches no server goes back and says so', async () => {
    const { mover, held, refuse } = setUp(card);
    const error = new Offline('network');
    await refuse(error, mover.move(attempt));
    expect(held()).toBe(card);
    expect(mover.pending.size).toBe(0);
    expect(mover.notice).toEqual({ id: card.id, target: 'PLAN_VALIDE', kind: 'failed', error });
  });

  it('that fails puts the card where somebody else put it meanwhile', async () => {
    const { mover, held, put, refuse } = setUp(card);
    const tried = mover.move(attempt);
    put({ ...card, version: 6, status: 'CONTOURS_VALIDES' });
    await refuse(new Offline('timeout'), tried);
    expect(mover.pending.size).toBe(0);
    expect(held()).toMatchObject({ status: 'CONTOURS_VALIDES', version: 6 });
  });
});
