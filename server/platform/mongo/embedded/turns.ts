import { deadlineOf, dispatch, errorReply } from './dispatch.ts';
import type { Engine } from './engine.ts';
import { CommandError } from './errors.ts';
import { Blocked } from './transactions.ts';
import type { Reply, Request } from './wire.ts';

type Send = (reply: Reply) => void;

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
  const answers = createAnswers(engine);
  const attempt = (request: Request, send: Send, deadline: number | undefined): void => {
    const [name = ''] = request.body.keys();
    const mayWait = transactions.openOnes().length > 0 && writes.has(name) && !request.body.has('autocommit');
    try {
      if (mayWait) store.mark();
      answers.give(send, dispatch(engine, request, deadline));
    } catch (error) {
      if (!(error instanceof Blocked)) return answers.failed(send, error, writes.has(name));
      store.undo();
      catalog.reload();
      answers.soon();
      const again = (): void => attempt(request, send, deadline);
      waitFor(error, deadline, again, (late) => answers.give(send, errorReply(late)));
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
        answers.failed(() => undefined, error, true);
      }
      answers.flush();
    },
    flush: answers.flush,
  };
}

/** A full disk fails every turn: it is not told every time. */
const faultPauseMs = 10_000;

/** Answers that wait for the COMMIT of their turn. */
interface Answers {
  give(send: Send, reply: Reply): void;
  /** A command failed in the storage or by a fault of the engine. What it may have half written is undone, with all of its turn. */
  failed(send: Send, error: unknown, wrote: boolean): void;
  /** Commits at the end of the turn. */
  soon(): void;
  readonly flush: () => void;
}

function createAnswers({ store, catalog, transactions, options }: Engine): Answers {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let lastFault = { message: '', at: 0 };
  const undoTurn = (error: unknown): void => {
    const failed = waiting;
    waiting = [];
    store.rollback();
    catalog.reload();
    transactions.batchEnded();
    const told = storageError(error);
    if (told.message !== lastFault.message || options.now() > lastFault.at + faultPauseMs) {
      lastFault = { message: told.message, at: options.now() };
      options.tell({ kind: 'fault', message: told.message });
    }
    for (const { send } of failed) send(errorReply(told));
  };
  const flush = (): void => {
    scheduled = false;
    try {
      store.commit();
      transactions.batchEnded();
    } catch (error) {
      return undoTurn(error);
    }
    const done = waiting;
    waiting = [];
    for (const { send, reply } of done) send(reply);
  };
  const soon = (): void => {
    if (!scheduled) setImmediate(flush);
    scheduled = true;
  };
  const give = (send: Send, reply: Reply): void => {
    if (!store.batchOpen()) return send(reply);
    waiting.push({ send, reply }); // a read too: it may have seen what is not yet on disk
    soon();
  };
  return {
    give,
    soon,
    flush,
    failed: (send, error, wrote) => {
      if (!wrote && !isStorageError(error)) return give(send, errorReply(storageError(error))); // a read that failed spoils nothing
      waiting.push({ send, reply: new Map() });
      undoTurn(error);
    },
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
