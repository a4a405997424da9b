import { CommandError } from './errors.ts';
import { bytesOf } from './store.ts';
import type { Store } from './store.ts';

/** The last answer to each session's numbered writes, on disk with the writes themselves: a driver that lost the answer asks again and must not write twice. */
export interface Retries {
  /** @throws CommandError 225 when the session has gone on to a later number */
  find(session: string, number: number): Uint8Array | undefined;
  record(session: string, number: number, reply: Uint8Array): void;
  /** Forgets sessions not used since. */
  sweep(before: number): void;
}

export function openRetries(store: Store, now: () => number): Retries {
  return {
    find: (session, number) => {
      const row = store.all('SELECT txn, reply FROM retries WHERE lsid = ?', session)[0];
      if (row === undefined || Number(row['txn']) < number) return undefined;
      if (Number(row['txn']) === number) return bytesOf(row['reply']);
      throw new CommandError(
        225,
        `Cannot start transaction ${number} on session because a newer transaction ${Number(row['txn'])} has already started.`,
      );
    },
    record: (session, number, reply) => {
      store.begin();
      store.run('INSERT OR REPLACE INTO retries VALUES (?, ?, ?, ?)', session, number, now(), reply);
    },
    sweep: (before) => {
      store.begin();
      store.run('DELETE FROM retries WHERE at < ?', before);
    },
  };
}
