import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import type { Fact } from '../live/facts.ts';
import { Dossiers, type DossiersSource, type Noticed } from './dossiers.svelte.ts';
import { aCard } from './testing.ts';

type Page = Awaited<ReturnType<DossiersSource['list']>>;

function setUp(pages: Page[]) {
  let tell: (fact: Fact) => void = () => undefined;
  const list = vi.fn<DossiersSource['list']>(async (query) => {
    await Promise.resolve();
    return query.status ? { items: [] } : (pages.shift() ?? { items: [] });
  });
  const noticed: Noticed[] = [];
  const moved: string[] = [];
  const dossiers = new Dossiers(
    {
      list,
      watch(watcher) {
        tell = watcher.onEvent;
        return () => undefined;
      },
    },
    {
      noticed: (facts) => noticed.push(...facts),
      around(ids, apply) {
        moved.push(...ids);
        apply();
      },
    },
  );
  dossiers.start();
  const happens = (card: DossierCard, by = 'Sophie Nadeau') => {
    tell({ topic: 'dossiers', revision: 2, at: card.enteredAt, type: 'dossier:moved', data: { card, by } });
    vi.advanceTimersByTime(20);
  };
  return { dossiers, list, noticed, moved, happens };
}

describe('the dossiers of the board', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('are there from the first page on, and complete after the last', async () => {
    const [a, b] = [aCard(), aCard()];
    const { dossiers, list } = setUp([{ items: [a], next: 'more' }, { items: [b] }]);
    const whole = dossiers.reload();
    for (let turn = 0; dossiers.loaded === 'none' && turn < 10; turn += 1) await Promise.resolve();
    expect(dossiers.loaded).toBe('some');
    await whole;
    expect(dossiers.loaded).toBe('all');
    expect([...dossiers.cards.keys()]).toEqual([a.id, b.id]);
    expect(list.mock.calls.map(([query]) => query.cursor)).toEqual([undefined, 'more', undefined]);
  });

  it('are not put back by a page that is older than a fact', async () => {
    const card = aCard();
    const { dossiers, happens } = setUp([{ items: [card] }]);
    happens({ ...card, version: 2, status: 'PRESCRIPTION_VALIDEE' });
    await dossiers.reload();
    expect(dossiers.cards.get(card.id)).toMatchObject({ version: 2, status: 'PRESCRIPTION_VALIDEE' });
  });

  it('travel when they change their column, and are noticed with who did it', async () => {
    const card = aCard();
    const { dossiers, happens, noticed, moved } = setUp([{ items: [card] }]);
    await dossiers.reload();
    happens({ ...card, version: 2, status: 'PRESCRIPTION_VALIDEE' });
    expect(moved).toEqual([card.id]);
    expect(noticed).toMatchObject([{ by: 'Sophie Nadeau', known: { version: 1 } }]);
  });

  it('drop a fact that is older than what they hold, without a ring', async () => {
    const card = aCard({ version: 5 });
    const { dossiers, happens, noticed } = setUp([{ items: [card] }]);
    await dossiers.reload();
    happens({ ...card, version: 4, status: 'PRESCRIPTION_VALIDEE' });
    expect(dossiers.cards.get(card.id)).toBe(card);
    expect(noticed).toEqual([]);
  });

  it('lose those that a later reading does not name, but not what was created meanwhile', async () => {
    const [stays, goes, fresh] = [aCard(), aCard(), aCard()];
    const { dossiers, happens } = setUp([{ items: [stays, goes] }, { items: [stays] }]);
    await dossiers.reload();
    const again = dossiers.reload();
    happens(fresh);
    await again;
    expect([...dossiers.cards.keys()]).toEqual([stays.id, fresh.id]);
  });

  it('stay when a reading fails, and are tried again', async () => {
    const card = aCard();
    const { dossiers, list } = setUp([{ items: [card] }, { items: [card] }]);
    await dossiers.reload();
    list.mockRejectedValueOnce(new Error('down'));
    await dossiers.reload();
    expect(dossiers.error).toBeInstanceOf(Error);
    expect(dossiers.cards.size).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(dossiers.error).toBeUndefined();
  });
});
