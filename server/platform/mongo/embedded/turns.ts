import { setTimeout as sleep } from 'node:timers/promises';
import { deadlineOf, dispatch, errorReply, timeIsOver } from './dispatch.ts';
import type { Engine } from './engine.ts';
import { CommandError } from './errors.ts';
import { detailOf, sqliteCode } from './store.ts';
import { writeCommands } from './supported.ts';
import { Blocked } from './transactions.ts';
import type { Reply, Request } from './wire.ts';

type Send = (reply: Reply) => void;

export type Turns = ReturnType<typeof createTurns>;

/** A full disk fails every turn: it is not told every time. */
const faultPauseMs = 10_000;
const longestTimerMs = 2 ** 31 - 1;

/** Runs commands. Those that arrive in one turn of the event loop share one COMMIT, and none is answered before it is on disk. */
export function createTurns(engine: Engine) {
  const { store, catalog, transactions } = engine;
  const batch = createBatch(engine);
  const attempt = (request: Request, send: Send, deadline: number | undefined): void => {
    const [name = ''] = request.body.keys();
    const writes = writeCommands.has(name);
    try {
      if (writes && transactions.openOnes().length > 0 && !request.body.has('autocommit')) store.mark(); // it may have to wait for one of them
      batch.answer(send, dispatch(engine, request, deadline));
    } catch (error) {
      if (error instanceof Blocked) return tryAgain(error, request, send, deadline);
      if (!writes && sqliteCode(error) === undefined) return batch.answer(send, errorReply(storageError(error))); // a read that failed spoils nothing
      batch.undo(error, send);
    }
  };
  const tryAgain = ({ by }: Blocked, request: Request, send: Send, deadline: number | undefined): void => {
    store.undo();
    catalog.reload();
    if (deadline !== undefined && deadline <= Date.now()) return batch.answer(send, errorReply(timeIsOver()));
    batch.flushSoon();
    const over = deadline === undefined ? [] : [sleep(Math.min(deadline - Date.now(), longestTimerMs), undefined, { ref: false })];
    void Promise.race([by.ended, ...over]).then(() => attempt(request, send, deadline));
  };
  return {
    run: (request: Request, send: Send): void => {
      try {
        attempt(request, send, deadlineOf(request));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        send(errorReply(error));
      }
    },
    /** Runs own work of the engine (a sweep) like a command. */
    work: (task: () => void): void => {
      try {
        task();
        batch.flush();
      } catch (error) {
        batch.undo(error);
      }
    },
    /** Puts what is open on disk now. */
    flush: batch.flush,
  };
}

/** The open batch, and the answers that wait for its COMMIT. */
function createBatch({ store, catalog, options }: Engine) {
  let waiting: { readonly send: Send; readonly reply: Reply }[] = [];
  let scheduled = false;
  let lastFault = { message: '', at: 0 };
  /** Undoes all of the turn: who waits for its COMMIT is told that nothing was stored. */
  const undo = (error: unknown, ...senders: Send[]): void => {
    const failed = [...waiting.map(({ send }) => send), ...senders];
    waiting = [];
    store.rollback();
    catalog.reload();
    const told = storageError(error);
    if (told.message !== lastFault.message || options.now() > lastFault.at + faultPauseMs) {
      lastFault = { message: told.message, at: options.now() };
      options.tell({ kind: 'fault', message: told.message });
    }
    for (const send of failed) send(errorReply(told));
  };
  const flush = (): void => {
    scheduled = false;
    try {
      store.commit();
    } catch (error) {
      return undo(error);
    }
    const done = waiting;
    waiting = [];
    for (const { send, reply } of done) send(reply);
  };
  const flushSoon = (): void => {
    if (!scheduled) setImmediate(flush);
    scheduled = true;
  };
  const answer = (send: Send, reply: Reply): void => {
    if (!store.batchOpen()) return send(reply);
    waiting.push({ send, reply }); // a read too: it may have seen what is not yet on disk
    flushSoon();
  };
  return { undo, flush, flushSoon, answer };
}

const sqliteFull = 13;
const sqliteDamaged: ReadonlySet<number | undefined> = new Set([11, 26]);

/** What a failure of the storage means for those who wait: nothing of their commands was stored. */
function storageError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const code = sqliteCode(error);
  if (code === sqliteFull) return new CommandError(14031, 'the disk is full: nothing was stored; make room, then try again');
  if (sqliteDamaged.has(code))
    return new CommandError(1, `the database file is damaged (${detailOf(error)}): stop the application and restore a backup`);
  return new CommandError(1, `the database could not do this (${detailOf(error)}): nothing was stored`);
}
