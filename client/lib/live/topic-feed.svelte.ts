import type { WatchReply } from '#shared/realtime.ts';
import type { Ask, Fact, Watcher } from './facts.ts';

/** An answer to `watch` that takes longer is asked for again. */
const ANSWER_MS = 5000;
/** A heartbeat may name a revision whose event is still on its way. */
const GRACE_MS = 2000;

/**
 * One topic as this page follows it: the last revision it has, and what is missing.
 *
 * Facts reach the views in order and once. Where that cannot be kept (a gap, too long away) the views fetch the state anew.
 */
export class TopicFeed {
  readonly topic: string;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping: nothing shown reads it
  readonly watchers = new Set<Watcher>();
  /** When a heartbeat confirmed last that nothing is missing here (server's clock, epoch ms). */
  confirmedAt = $state<number>();
  /** The code with which the server refused the topic. */
  refused = $state<string>();
  #ask: Ask;
  #last: number | undefined;
  /** Rises with every question: answers to an older one are ignored. */
  #turn = 0;
  #asking: 'no' | 'fresh' | 'catch-up' = 'no';
  #early: Fact[] = [];
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping: nothing shown reads it
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(topic: string, ask: Ask) {
    this.topic = topic;
    this.#ask = ask;
  }

  /** True when facts arrive in order from here on. */
  get following(): boolean {
    return this.#asking === 'no' && this.#last !== undefined;
  }

  get last(): number | undefined {
    return this.#last;
  }

  /** Asks the server to send this topic: what was missed since the last revision, or anew. */
  ask(fresh: boolean): void {
    this.pause();
    const turn = this.#turn;
    if (fresh) this.#last = undefined;
    const from = this.#last;
    this.#asking = from === undefined ? 'fresh' : 'catch-up';
    this.#ask(from === undefined ? { topic: this.topic } : { topic: this.topic, last: from }, (answer) => {
      if (turn === this.#turn) this.#answered(from, answer);
    });
    this.#later(ANSWER_MS, () => {
      if (turn === this.#turn && this.#asking !== 'no') this.ask(fresh);
    });
  }

  /** The link is gone: an answer under way means nothing any more. */
  pause(): void {
    this.#turn += 1;
    this.#asking = 'no';
    this.#early = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** What was seen belongs to another person: the next question starts anew. */
  forget(): void {
    this.pause();
    this.#last = undefined;
    this.confirmedAt = undefined;
  }

  receive(fact: Fact): void {
    if (this.#asking === 'fresh') {
      this.#early.push(fact); // whether the state to be fetched holds it is known with the answer
      return;
    }
    if (this.#last === undefined || fact.revision <= this.#last) return;
    if (fact.revision > this.#last + 1) {
      this.ask(true);
      return;
    }
    this.#take(fact);
  }

  /** A heartbeat names the topic's revision, or not at all: then the server does not know that we watch. */
  beat(revision: number | undefined, at: number): void {
    if (this.#asking !== 'no' || this.#last === undefined || this.refused) return;
    if (revision === undefined) {
      this.ask(false);
      return;
    }
    if (revision <= this.#last) {
      this.confirmedAt = at;
      return;
    }
    const turn = this.#turn;
    this.#later(GRACE_MS, () => {
      if (turn === this.#turn && this.#last !== undefined && this.#last < revision) this.ask(false);
    });
  }

  #answered(from: number | undefined, answer: WatchReply): void {
    const early = this.#early;
    this.pause();
    this.refused = answer.ok ? undefined : answer.code;
    if (!answer.ok) {
      this.#tellStale();
      return;
    }
    // Missed facts come before the answer: when the last of them is not there, or the server counts from below, only the state helps.
    const missing = this.#last === undefined || this.#last < answer.revision || (from !== undefined && from > answer.revision);
    if (answer.stale !== true && !missing) return;
    this.#last = answer.revision;
    this.#tellStale();
    for (const fact of early) this.receive(fact);
  }

  #take(fact: Fact): void {
    this.#last = fact.revision;
    if (fact.type === 'hidden') return;
    for (const watcher of [...this.watchers]) watcher.onEvent(fact);
  }

  #tellStale(): void {
    for (const watcher of [...this.watchers]) watcher.onStale();
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
