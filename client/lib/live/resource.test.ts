import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fact, Watcher } from './facts.ts';
import { LiveResource } from './resource.svelte.ts';

const watchers = vi.hoisted(() => [] as Watcher[]);

vi.mock('./index.ts', () => ({
  live: {
    watch: (_topic: string, watcher: Watcher) => {
      watchers.push(watcher);
      return () => watchers.splice(watchers.indexOf(watcher), 1);
    },
  },
}));

function fact(revision: number): Fact {
  return { topic: 'dossiers', revision, at: '', type: 'dossier:moved', data: undefined } as unknown as Fact; // only its revision is read
}

const stale = () => watchers.forEach((watcher) => watcher.onStale());
const tell = (revision: number) => watchers.forEach((watcher) => watcher.onEvent(fact(revision)));
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  watchers.length = 0;
});

describe('a live resource', () => {
  test('puts what happened during the fetch after what was fetched', async () => {
    let arrive: (data: number[]) => void = () => undefined;
    const load = () => new Promise<number[]>((resolve) => (arrive = resolve));
    const resource = new LiveResource<number[]>({ topics: ['dossiers'], load, apply: (data, one) => [...data, one.revision] });
    resource.start();
    stale();
    tell(8);
    arrive([7]);
    await settle();
    tell(9);
    expect(resource.data).toEqual([7, 8, 9]);
  });

  test('keeps the last good data after a failure, tries again and says when', async () => {
    const load = vi
      .fn<() => Promise<string>>()
      .mockResolvedValueOnce('first')
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValue('second');
    const resource = new LiveResource({ topics: ['machines'], load });
    resource.start();
    stale();
    await settle();
    await resource.reload();
    expect(resource.data).toBe('first');
    expect(resource.error).toBeInstanceOf(Error);
    expect(resource.nextTryAt).toBeGreaterThan(Date.now());
    await vi.advanceTimersByTimeAsync(2000);
    expect(resource.data).toBe('second');
    expect(resource.error).toBeUndefined();
  });

  test('fetches once for a burst of facts, and once for the first answers of several topics', async () => {
    const load = vi.fn(() => Promise.resolve(1));
    const resource = new LiveResource({ topics: ['machines', 'qa'], load });
    resource.start();
    stale();
    await vi.advanceTimersByTimeAsync(50);
    expect(load).toHaveBeenCalledTimes(1);
    for (const revision of [2, 3, 4]) tell(revision);
    await vi.advanceTimersByTimeAsync(1000);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('ignores the answer to an older fetch, and everything after its end', async () => {
    const answers: ((data: string) => void)[] = [];
    const load = () => new Promise<string>((resolve) => answers.push(resolve));
    const resource = new LiveResource({ topics: ['patients'], load });
    const stop = resource.start();
    stale();
    stale();
    answers[1]?.('newer');
    answers[0]?.('older');
    await settle();
    expect(resource.data).toBe('newer');
    void resource.reload();
    stop();
    answers[2]?.('too late');
    await settle();
    expect(resource.data).toBe('newer');
    expect(watchers).toEqual([]);
  });
});
