import { CommandError } from './errors.ts';
import type { Transaction } from './transactions.ts';
import { cursorReply } from './wire.ts';

interface Cursor {
  readonly ns: string;
  readonly session: string | undefined;
  readonly txn: Transaction | undefined;
  readonly items: Iterator<Uint8Array>;
  /** Read ahead to know whether there is more. */
  next: IteratorResult<Uint8Array>;
  usedAt: number;
  /** The time limit of the command that reads it now. */
  readonly watch: { check: () => void };
}

/** Open cursors. One that nobody reads for ten minutes is closed. */
export interface Cursors {
  /** The first batch, and a cursor when there is more. */
  open(cursor: Omit<Cursor, 'next' | 'usedAt'>, batchSize: number, single: boolean): Uint8Array;
  more(id: number, ns: string, txn: Transaction | undefined, batchSize: number, check: () => void): Uint8Array;
  /** Whether there was such a cursor. */
  kill(id: number, ns: string): boolean;
  killWhere(which: (cursor: Cursor) => boolean): void;
  readonly size: () => number;
}

export const cursorLifetimeMs = 600_000;
const maxBatchBytes = 16 * 1024 * 1024;

export function openCursors(now: () => number): Cursors {
  const open = new Map<number, Cursor>();
  let lastId = Math.floor(Math.random() * 2 ** 40) + 2 ** 33; // not the numbers of the engine before this one

  const fill = (cursor: Cursor, batchSize: number): Uint8Array[] => {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (batch.length < batchSize && cursor.next.done !== true) {
      bytes += cursor.next.value.length;
      if (batch.length > 0 && bytes > maxBatchBytes) break;
      batch.push(cursor.next.value);
      cursor.next = cursor.items.next();
    }
    return batch;
  };

  return {
    open: (parts, batchSize, single) => {
      const cursor: Cursor = { ...parts, next: parts.items.next(), usedAt: now() };
      const batch = fill(cursor, batchSize);
      if (cursor.next.done === true || single) {
        cursor.items.return?.();
        return cursorReply(batch, 0, cursor.ns, 'firstBatch');
      }
      open.set(++lastId, cursor);
      return cursorReply(batch, lastId, cursor.ns, 'firstBatch');
    },
    more: (id, ns, txn, batchSize, check) => {
      const cursor = open.get(id);
      if (cursor === undefined || cursor.ns !== ns) throw new CommandError(43, `cursor id ${id} not found`);
      if (cursor.txn !== txn)
        throw new CommandError(50738, `Cannot run getMore on cursor ${id}, which was created in another transaction or none`);
      cursor.watch.check = check;
      cursor.usedAt = now();
      try {
        const batch = fill(cursor, batchSize);
        if (cursor.next.done === true) open.delete(id);
        return cursorReply(batch, cursor.next.done === true ? 0 : id, ns, 'nextBatch');
      } catch (error) {
        open.delete(id);
        throw error;
      }
    },
    kill: (id, ns) => open.get(id)?.ns === ns && open.delete(id),
    killWhere: (which) => {
      for (const [id, cursor] of open) if (which(cursor)) open.delete(id);
    },
    size: () => open.size,
  };
}
