import { setTimeout as sleep } from 'node:timers/promises';
import type { Context as KoaContext, Next } from 'koa';
import { Unavailable } from '../errors.ts';
import type { Database } from '../mongo/connect.ts';

/** A request that has waited so long asks whether it still makes sense. */
const PATIENCE_MS = 4000;
const PING_MS = 400;

/**
 * Answers 503 within 5 s when the database does not answer any more, whatever layer is still waiting for it. A request that is slow for another
 * reason goes on. What it was doing may still come to its end: as after any 503, who asks again finds out.
 */
export function answerInTime(database: Pick<Database, 'answers'>) {
  return async (_koa: KoaContext, next: Next): Promise<void> => {
    const done = new AbortController();
    const work = next().finally(() => done.abort());
    await Promise.race([work, givenUp(database, done.signal)]);
    await work;
  };
}

async function givenUp(database: Pick<Database, 'answers'>, done: AbortSignal): Promise<void> {
  try {
    await sleep(PATIENCE_MS, undefined, { signal: done });
    while (await database.answers(PING_MS)) await sleep(PING_MS, undefined, { signal: done });
  } catch {
    return; // answered
  }
  throw new Unavailable('the database did not answer in time');
}
