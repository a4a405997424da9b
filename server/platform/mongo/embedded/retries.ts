import { CommandError } from './errors.ts';
import { bytesOf } from './store.ts';
import type { Store } from './store.ts';
import { decode, encode, type Doc } from './values.ts';
import type { Reply } from './wire.ts';

/** The last answer to each session's numbered writes, on disk with the writes themselves: a driver that lost the answer asks again and must not write twice. */
export function openRetries(store: Store, now: () => number) {
  return {
    /** @throws CommandError 225 when the session has gone on to a later number */
    find: (session: string, number: number): Doc | undefined => {
      const [row] = store.all('SELECT txn, reply FROM retries WHERE lsid = ?', session);
      const last = Number(row?.['txn'] ?? NaN);
      if (last > number) throw new CommandError(225, `Cannot start transaction ${number} on session: ${last} has already started.`);
      return last === number ? decode(bytesOf(row?.['reply'])) : undefined;
    },
    record: (session: string, number: number, reply: Reply) =>
      store.run('INSERT OR REPLACE INTO retries VALUES (?, ?, ?, ?)', session, number, now(), encode(reply)),
    /** Forgets sessions not used since. */
    sweep: (before: number) => store.run('DELETE FROM retries WHERE at < ?', before),
  };
}
