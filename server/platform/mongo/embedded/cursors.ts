import { CommandError } from './errors.ts';
import type { Transaction } from './transactions.ts';
import { cursorReply, type Reply } from './wire.ts';

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

export const cursorLifetimeMs = 600_000;
const maxBatchBytes = 16 * 1024 * 1024;

/** Open cursors. One that nobody reads for ten minutes is closed. */
export function openCursors(now: () => number) {
  const open = new Map<number, Cursor>();
  let lastId = Math.floor(Math.random() * 2 ** 40) + 2 ** 33; // not the numbers of the engine before this one
  return {
    /** The first batch, and a cursor when there is more. */
    open: (parts: Omit<Cursor, 'next' | 'usedAt'>, batchSize: number, single: boolean): Reply => {
      const cursor: Cursor = { ...parts, next: parts.items.next(), usedAt: now() };
      const batch = nextBatch(cursor, batchSize);
      const more = cursor.next.done !== true && !single;
      if (more) open.set(++lastId, cursor);
      else cursor.items.return?.();
      return cursorReply(batch, more ? lastId : 0, cursor.ns, 'firstBatch');
    },
    more: (id: number, ns: string, txn: Transaction | undefined, batchSize: number, check: () => void): Reply => {
      const cursor = open.get(id);
      if (cursor === undefined || cursor.ns !== ns) throw new CommandError(43, `cursor id ${id} not found`);
      if (cursor.txn !== txn)
        throw new CommandError(50738, `Cannot run getMore on cursor ${id}, which was created in another transaction or none`);
      cursor.watch.check = check;
      cursor.usedAt = now();
      open.delete(id); // it stays away when reading fails
      const batch = nextBatch(cursor, batchSize);
      if (cursor.next.done !== true) open.set(id, cursor);
      return cursorReply(batch, cursor.next.done === true ? 0 : id, ns, 'nextBatch');
    },
    /** Whether there was such a cursor. */
    kill: (id: number, ns: string): boolean => open.get(id)?.ns === ns && open.delete(id),
    killWhere: (which: (cursor: Cursor) => boolean): void => {
      for (const [id, cursor] of open) if (which(cursor)) open.delete(id);
    },
  };
}

function nextBatch(cursor: Cursor, batchSize: number): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  while (batch.length < batchSize && cursor.next.done !== true) {
    bytes += cursor.next.value.length;
    if (batch.length > 0 && bytes > maxBatchBytes) break;
    batch.push(cursor.next.value);
    cursor.next = cursor.items.next();
  }
  return batch;
}
