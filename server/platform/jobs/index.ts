import { setTimeout as sleep } from 'node:timers/promises';
import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda, backoffStrategies, type Job as AgendaJob } from 'agenda';
import type { Connection } from 'mongoose';
import type { Log } from '../log.ts';

/** What a running job may use. */
export interface JobRun {
  /** Given up when the job has run longer than its limit, or the process ends. */
  readonly signal: AbortSignal;
  /** Says that it is still at work: without it, a job longer than its limit would be run a second time elsewhere. */
  readonly touch: () => Promise<void>;
}

/** A job that runs by the clock. Named as `domain/what`; it may run twice, and must do no harm then. */
export interface Job {
  readonly name: string;
  /** Cron, in the site's time zone: right on both changes of the clock. */
  readonly schedule: string;
  readonly retry: { readonly delayMs: number; readonly times: number };
  /** After so long without a `touch` it is taken for dead, and run by another process. */
  readonly timeLimitMs: number;
  run(run: JobRun): Promise<void>;
}

export interface Jobs {
  /** Runs a job now, in whichever process takes it. */
  runNow(name: string): Promise<void>;
  /** Takes no further jobs and waits for those that run. */
  stop(): Promise<void>;
}

interface JobsDeps {
  readonly connection: Connection;
  readonly jobs: readonly Job[];
  readonly timezone: string;
  readonly log: Log;
  readonly processEveryMs?: number;
}

const COLLECTION = 'agendaJobs';
const PROCESS_EVERY_MS = 5000;
const STOP_LIMIT_MS = 5000;
const DUPLICATE_KEY = 11_000;

/** Starts the jobs of a process. Of several processes on one database, one runs each due job: it is locked by a conditional write. */
export async function startJobs(deps: JobsDeps): Promise<Jobs> {
  const { connection, jobs, timezone, log } = deps;
  const { db } = connection;
  if (!db) throw new Error('jobs were started before the database was connected');
  // `every` looks and then writes: two processes that start at once would make two of a job.
  await db
    .collection(COLLECTION)
    .createIndex({ name: 1 }, { name: 'one_of_each', unique: true, partialFilterExpression: { type: 'single' } });
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: db, collection: COLLECTION }),
    processEvery: deps.processEveryMs ?? PROCESS_EVERY_MS,
  });
  await agenda.ready;
  agenda.on('error', (error) => log.warn({ err: error }, 'jobs: the database does not answer'));
  agenda.on('fail', (error, job) => log.error({ err: error, job: 'attrs' in job ? job.attrs.name : undefined }, 'a job failed'));
  const ending = new AbortController();
  for (const job of jobs) define(agenda, job, ending.signal, log);
  for (const job of jobs) await schedule(agenda, job, timezone);
  await agenda.start();
  log.debug({ jobs: jobs.map(({ name }) => name) }, 'jobs are scheduled');
  return {
    runNow: async (name) => void (await agenda.now(name)),
    stop: async () => {
      ending.abort(new Error('the process ends'));
      await agenda.drain({ timeout: STOP_LIMIT_MS, closeConnection: false });
    },
  };
}

function define(agenda: Agenda, job: Job, ending: AbortSignal, log: Log): void {
  const run = async (running: AgendaJob): Promise<void> => {
    const started = performance.now();
    const silence = limitOf(job);
    const gone = new AbortController();
    const late = (): void => gone.abort(new Error(`${job.name} was silent for longer than its limit`));
    let timer = setTimeout(late, silence);
    const touch = async (): Promise<void> => {
      clearTimeout(timer);
      timer = setTimeout(late, silence);
      await running.touch();
    };
    try {
      await job.run({ signal: AbortSignal.any([ending, gone.signal]), touch });
      log.info({ job: job.name, ms: Math.round(performance.now() - started) }, 'a job is done');
    } finally {
      clearTimeout(timer);
    }
  };
  agenda.define(job.name, run, {
    concurrency: 1,
    lockLifetime: job.timeLimitMs,
    removeOnComplete: true, // of runs that were asked for; those of the schedule stay
    backoff: backoffStrategies.constant({ delay: job.retry.delayMs, maxRetries: job.retry.times }),
  });
}

/** It gives up by itself before others may take it for dead. */
const limitOf = (job: Job): number => Math.round(job.timeLimitMs * 0.9);

/**
 * Writes the schedule where there is none or another one. Not at every start: that would put off a run which is due, as the backup of a night in
 * which the site was down.
 */
async function schedule(agenda: Agenda, { name, schedule: cron }: Job, timezone: string): Promise<void> {
  const { jobs } = await agenda.queryJobs({ name });
  if (jobs.some((job) => job.type === 'single' && job.repeatInterval === cron && job.repeatTimezone === timezone)) return;
  for (let attempt = 1; ; attempt++) {
    try {
      await agenda.every(cron, name, undefined, { timezone, skipImmediate: true });
      return;
    } catch (error) {
      const doubled = error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;
      if (!doubled || attempt === 5) throw error;
      await sleep(50 * attempt); // another process made it just now: this time it is found
    }
  }
}
