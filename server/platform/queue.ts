import { Unavailable } from './errors.ts';

/** More tasks waiting than this means that the database does not keep up: the next is refused at once instead of waiting in vain. */
const MOST_WAITING = 1000;

/**
 * Runs tasks of one key one after another, in the order in which they came. Acts on one topic commit on the same counter: side by side
 * they would only conflict and be tried again.
 */
export function createKeyedQueue(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  let waiting = 0;
  return async function run<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (waiting >= MOST_WAITING) throw new Unavailable(new Error('too many acts are waiting'));
    waiting += 1;
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      waiting -= 1;
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
