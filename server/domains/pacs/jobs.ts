import { isDeepStrictEqual } from 'node:util';
import { lightOfPeer } from '#shared/pacs/rules.ts';
import type { PacsSummary } from '#shared/pacs/schemas.ts';
import type { EchoResult } from '#server/platform/dicom/client.ts';
import type { Context } from '#server/platform/context.ts';
import type { Log } from '#server/platform/log.ts';
import { judgeMarked } from './again.ts';
import { completeStudy } from './attach.ts';
import type { Counters } from './counters.ts';
import { StudyModel } from './model.ts';
import { PeerStateModel, type EchoRow, type PeerRow } from './monitor-model.ts';
import type { Monitor } from './monitor.ts';
import type { ReceptionSettings, StatusBoard } from './status.ts';
import { pacsSummary } from './summary.ts';
import type { WhiteList } from './white-list.ts';
import type { Worker } from './worker.ts';

/** Schedules of reception, in milliseconds. Every job looks at what is stored and may run twice. */
const ECHO_EVERY_MS = 5 * 60_000;
const BEAT_MS = 5000;
const COMPLETE_EVERY_MS = 5000;
const ECHO_TIMEOUT_MS = 5000;
/** A study is complete when no instance came for this long. */
export const COMPLETE_AFTER_MS = 60_000;
/** One day of echoes every five minutes. */
const ECHOES_KEPT = 288;
const ECHOES_AT_ONCE = 4;

interface JobDeps {
  ctx: Context;
  log: Log;
  whiteList: WhiteList;
  monitor: Monitor;
  status: StatusBoard;
  counters: Counters;
  judging: Worker<string>;
  /** A study is about to be complete. */
  completing: (studyUid: string) => void;
  settings: ReceptionSettings;
}

/** Starts the clockwork of reception: echoes of peers, complete studies, silence, the beat of the status. */
export function startJobs(deps: JobDeps) {
  const { log, whiteList, judging } = deps;
  const running = new Set<Promise<void>>();
  let echoing: Promise<void> | undefined;

  function every(ms: number, what: string, job: () => Promise<void>): NodeJS.Timeout {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      const run = job()
        .catch((error: unknown) => log.warn({ err: error, job: what }, 'a job failed; it runs again'))
        .finally(() => {
          busy = false;
          running.delete(run);
        });
      running.add(run);
    }, ms);
  }

  function echoAll(): Promise<void> {
    echoing ??= echoPeers(deps).finally(() => (echoing = undefined));
    return echoing;
  }

  const timers = [
    every(ECHO_EVERY_MS, 'pacs/echo', echoAll),
    every(BEAT_MS, 'pacs/beat', createBeat(deps)),
    every(COMPLETE_EVERY_MS, 'pacs/complete', async () => {
      judging.sweep();
      await judgeMarked(judging);
      await whiteList.load();
      await completeStudies(deps);
    }),
  ];
  return {
    /** Echoes every peer now, unless it is being done. */
    echoNow: () => void echoAll().catch((error: unknown) => log.warn({ err: error }, 'peers were not echoed')),
    async close(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      await Promise.allSettled([...running, echoing]);
    },
  };
}

/** Looks at what changes by itself, and tells the walls when their figures are others. */
function createBeat({ ctx, status, monitor, settings }: JobDeps): () => Promise<void> {
  let told: PacsSummary | undefined;
  return async () => {
    await status.look();
    monitor.statusChanged();
    const summary = await pacsSummary(settings, ctx.now());
    if (told && isDeepStrictEqual({ ...told, asOf: null }, { ...summary, asOf: null })) return;
    await ctx.atomically('wall', () => Promise.resolve(ctx.announce([{ topic: 'wall', type: 'pacs:summary', data: { summary } }])));
    told = summary;
  };
}

/** Completes studies to which nothing came for a minute. */
async function completeStudies({ ctx, counters, monitor, completing }: JobDeps): Promise<void> {
  const quietSince = new Date(ctx.now().getTime() - COMPLETE_AFTER_MS);
  const quiet = await StudyModel.find({ complete: false, lastAt: { $lte: quietSince } }, { _id: 1 }).lean();
  for (const { _id } of quiet) {
    // What was received but not counted yet would come too late for it.
    if (counters.isWaiting(_id)) continue;
    completing(_id);
    if (await completeStudy(ctx, _id, quietSince)) monitor.studyChanged(_id);
  }
}

async function echoPeers(deps: JobDeps): Promise<void> {
  const { echo } = await import('#server/platform/dicom/client.ts');
  const peers = deps.whiteList.all().filter(({ active, port }) => active && port !== null);
  const next = peers.values();
  // A few at once: a peer that hangs must not keep the others' lights old.
  const lane = async () => {
    for (const peer of next) {
      const { settings, monitor } = deps;
      const answer = await echo({
        host: peer.host,
        port: peer.port ?? 0,
        callingAeTitle: settings.aeTitle,
        calledAeTitle: peer.aeTitle,
        timeoutMs: ECHO_TIMEOUT_MS,
        // An administrator named the peer: its certificate need not come from an authority of ours.
        ...(peer.tls ? { tls: { verify: false } } : {}),
        observer: monitor.observer,
      });
      await rememberEcho(peer, echoRow(answer, deps.ctx.now()));
      monitor.lightChanged(peer._id.toHexString());
    }
  };
  await Promise.all(Array.from({ length: ECHOES_AT_ONCE }, lane));
  // Silence comes by itself: nothing but the clock tells it, of those who are never echoed too.
  for (const { _id } of deps.whiteList.all()) deps.monitor.lightChanged(_id.toHexString());
}

function echoRow({ ok, durationMs, cause }: EchoResult, at: Date): EchoRow {
  return { at, ms: ok ? Math.round(durationMs) : null, reason: ok ? null : (cause ?? 'failed') };
}

async function rememberEcho(peer: PeerRow, echo: EchoRow): Promise<void> {
  const light = lightOfPeer(peer, { ...echo, at: echo.at.toISOString() });
  const before = await PeerStateModel.findById(peer._id).lean();
  await PeerStateModel.updateOne(
    { _id: peer._id },
    {
      $set: { light, since: before?.light === light ? before.since : echo.at },
      $push: { echoes: { $each: [echo], $slice: -ECHOES_KEPT } },
      $setOnInsert: { arrivals: [], lastReceived: null },
    },
    { upsert: true },
  );
}
