import type { ClientToServer, FactData, FactEvents, TopicEvent, WatchReply } from '#shared/realtime.ts';

/** A fact by its type: `switch (fact.type)` tells what `fact.data` is. */
export type Fact = { [T in keyof FactEvents]: Omit<TopicEvent<FactData<T>>, 'type'> & { type: T } }[keyof FactEvents];

/** What a view does with a topic. */
export interface Watcher {
  /** A fact that this person may see, in order, once. */
  onEvent: (fact: Fact) => void;
  /** Fetch the state anew. Also called once at the start, when it is safe to fetch: facts that follow are then newer. */
  onStale: () => void;
}

/** The part of a Socket.IO client that is used here; a test gives its own. */
export interface LiveSocket {
  readonly connected: boolean;
  /** False when the library will not try again by itself. */
  readonly active: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, handler: (...values: never[]) => void): unknown;
  onAny(handler: (event: string, value: unknown) => void): unknown;
  emit(event: 'watch', ...values: Parameters<ClientToServer['watch']>): unknown;
  emit(event: 'unwatch', ...values: Parameters<ClientToServer['unwatch']>): unknown;
}

export type Ask = (request: { topic: string; last?: number }, answer: (reply: WatchReply) => void) => void;

/** A fact of a topic, or something else (a heartbeat, a word about the session). */
export function factFrom(value: unknown): Fact | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('topic' in value) || !('revision' in value) || typeof value.revision !== 'number') return undefined;
  return value as Fact; // the envelope was checked here; the server writes `data` from the same types
}
