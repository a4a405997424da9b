import type { WatchReply } from '#shared/realtime.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fact } from './facts.ts';
import { TopicFeed } from './topic-feed.svelte.ts';

interface Question {
  last?: number | undefined;
  answer: (reply: WatchReply) => void;
}

function setUp() {
  const questions: Question[] = [];
  const seen: number[] = [];
  let stale = 0;
  const feed = new TopicFeed('dossiers', (request, answer) => questions.push({ last: request.last, answer }));
  feed.watchers.add({ onEvent: (fact) => seen.push(fact.revision), onStale: () => (stale += 1) });
  return { feed, questions, seen, stale: () => stale, answer: (reply: WatchReply) => questions.at(-1)?.answer(reply) };
}

function fact(revision: number, type: 'dossier:moved' | 'hidden' = 'dossier:moved'): Fact {
  return { topic: 'dossiers', revision, at: '2026-11-20T13:05:08.000Z', type, data: undefined } as unknown as Fact; // the feed reads the envelope only
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a feed of a topic', () => {
  test('tells its views to fetch with the first answer, then hands on facts in order', () => {
    const { feed, seen, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    expect(stale()).toBe(1);
    feed.receive(fact(8));
    feed.receive(fact(9));
    expect(seen).toEqual([8, 9]);
  });

  test('drops what it has already, and counts hidden facts without showing them', () => {
    const { feed, seen, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    for (const one of [fact(8), fact(8), fact(5), fact(9, 'hidden'), fact(10)]) feed.receive(one);
    expect(seen).toEqual([8, 10]);
    expect(stale()).toBe(1);
  });

  test('keeps facts that overtake the first answer', () => {
    const { feed, seen, answer } = setUp();
    feed.ask(true);
    feed.receive(fact(7));
    feed.receive(fact(8));
    answer({ ok: true, revision: 7 });
    expect(seen).toEqual([8]);
  });

  test('asks anew after a gap and lets its views fetch', () => {
    const { feed, questions, seen, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    feed.receive(fact(9));
    expect(questions).toHaveLength(2);
    expect(questions[1]?.last).toBeUndefined();
    answer({ ok: true, revision: 9 });
    expect(stale()).toBe(2);
    feed.receive(fact(10));
    expect(seen).toEqual([10]);
  });

  test('catches up from its last revision without a fetch', () => {
    const { feed, questions, seen, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    feed.pause();
    feed.ask(false);
    expect(questions[1]?.last).toBe(7);
    feed.receive(fact(8));
    feed.receive(fact(9));
    answer({ ok: true, revision: 9 });
    expect(seen).toEqual([8, 9]);
    expect(stale()).toBe(1);
  });

  test.each([
    ['the server says that too much was missed', { ok: true, revision: 2000, stale: true }, 2000],
    ['the server did not send what it said', { ok: true, revision: 9 }, 9],
    ['the server counts from below, as after a restored backup', { ok: true, revision: 3 }, 3],
  ] as const)('lets its views fetch when %s', (_, reply, last) => {
    const { feed, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    feed.ask(false);
    answer(reply);
    expect(stale()).toBe(2);
    expect(feed.last).toBe(last);
  });

  test('asks for what a heartbeat names and did not come in time', () => {
    const { feed, questions, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    feed.beat(8, 1);
    expect(feed.confirmedAt).toBeUndefined();
    feed.receive(fact(8));
    vi.advanceTimersByTime(3000);
    expect(questions).toHaveLength(1);
    feed.beat(9, 2);
    vi.advanceTimersByTime(3000);
    expect(questions[1]?.last).toBe(8);
  });

  test('asks again when a heartbeat does not know of it, and confirms its age when it does', () => {
    const { feed, questions, answer } = setUp();
    feed.ask(true);
    answer({ ok: true, revision: 7 });
    feed.beat(7, 123);
    expect(feed.confirmedAt).toBe(123);
    feed.beat(undefined, 456);
    expect(questions[1]?.last).toBe(7);
  });

  test('asks again when no answer comes, and ignores the late one', () => {
    const { feed, questions, stale } = setUp();
    feed.ask(true);
    vi.advanceTimersByTime(5000);
    expect(questions).toHaveLength(2);
    questions[0]?.answer({ ok: true, revision: 3 });
    expect(stale()).toBe(0);
    questions[1]?.answer({ ok: true, revision: 4 });
    expect(stale()).toBe(1);
  });

  test('lets its views fetch when the topic is refused, so that they say why', () => {
    const { feed, stale, answer } = setUp();
    feed.ask(true);
    answer({ ok: false, code: 'forbidden' });
    expect(stale()).toBe(1);
    expect(feed.refused).toBe('forbidden');
  });
});
