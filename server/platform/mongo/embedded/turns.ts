import { deadlineOf, dispatch, errorReply } from './dispatch.ts';
import type { Engine } from './engine.ts';
import { CommandError } from './errors.ts';
import { Blocked } from './transactions.ts';
import type { Reply, Request } from './wire.ts';

export type Send = (reply: Reply) => void;

/** Runs commands. Those that arrive in one turn of the event loop share one COMMIT, and none is answered before it is on disk. */
export interface Turns {
  run(request: Request, send: Send): void;
  /** Runs own work of the engine (a sweep) like a command. */
  work(task: () => void): void;
  /** Puts what is open on disk now. */
  flush(): void;
}

interface Waiting {
  readonly send: Send;
  readonly reply: Reply;
}

const writes: ReadonlySet<string> = new Set([
  'insert',
  'update',
  'delete',
  'findAndModify',
  'createIndexes',
  'dropIndexes',
  'collMod',
  'create',
  'drop',
  'dropDatabase',
]);

export function createTurns(engine: Engine): Turns {
  const { store, catalog, transactions } = engine;
  let waiting: Waiting[] = [];
  let scheduled = false;

  const fail = (error: unknown): void => {
    const failed = waiting;
    waiting = [];
    store.rollback();
    catalog.reload();
    const answer = storageError(error);
    engine.options.tell({ kind: 'fault', message: answer.message });
    for (const { send } of failed) send(errorReply(answer));
  };
  const flush = (): void => {
    scheduled = false;
    try {
      store.commit();
      transactions.batchCommitted();
    } catch (error) {
      return fail(error);
    }
    const done = waiting;
    waiting = [];
    for (const { send, reply } of done) send(reply);
  };
  const answer = (send: Send, reply: Reply): void => {
    if (!store.batchOpen()) return send(reply);
    waiting.push({ send, reply }); // a read too: it may have seen what is not yet on disk
    if (!scheduled) setImmediate(flush);
    scheduled = true;
  };
  const attempt = (request: Request, send: Send, deadline: number | undefined): void => {
    const [name = ''] = request.body.keys();
    const mayWait = transactions.openOnes().length > 0 && writes.has(name) && !request.body.has('autocommit');
    try {
      if (mayWait) store.mark();
      answer(send, dispatch(engine, request, deadline));
    } catch (error) {
      if (!(error instanceof Blocked)) {
        if (!writes.has(name) && !isStorageError(error)) return answer(send, errorReply(storageError(error))); // a read that failed spoils nothing
        waiting.push({ send, reply: new Map() });
        return fail(error);
      }
      store.undo();
      catalog.reload();
      if (!scheduled) setImmediate(flush);
      scheduled = true;
      waitFor(
        error,
        deadline,
        () => attempt(request, send, deadline),
        (late) => answer(send, errorReply(late)),
      );
    }
  };
  return {
    run: (request, send) => {
      try {
        attempt(request, send, deadlineOf(request));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        send(errorReply(error));
      }
    },
    work: (task) => {
      try {
        task();
      } catch (error) {
        fail(error);
      }
      flush();
    },
    flush,
  };
}

/** Goes on when the transaction has ended, or gives up when the command's time is over. */
function waitFor({ by }: Blocked, deadline: number | undefined, goOn: () => void, giveUp: (error: CommandError) => void): void {
  let over = false;
  const timer =
    deadline === undefined
      ? undefined
      : setTimeout(
          () => {
            over = true;
            giveUp(new CommandError(50, 'operation exceeded time limit'));
          },
          Math.max(0, deadline - Date.now()),
        );
  void by.ended.then(() => {
    clearTimeout(timer);
    if (!over) goOn();
  });
}

const sqliteFull = 13;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

function isStorageError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error;
}

/** What a failure of the storage means for those who wait: nothing of their commands was stored. */
function storageError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const detail = error instanceof Error ? error.message : String(error);
  if (code === sqliteFull) return new CommandError(14031, 'the disk is full: nothing was stored; make room, then try again');
  if (code === sqliteCorrupt || code === sqliteNotADatabase)
    return new CommandError(1, `the database file is damaged (${detail}): stop the application and restore a backup`);
  return new CommandError(1, `the database could not do this (${detail}): nothing was stored`);
}
