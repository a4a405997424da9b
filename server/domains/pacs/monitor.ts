import { Types } from 'mongoose';
import type { AssociationObserver, Refusal } from '#server/platform/dicom/observer.ts';
import type { ReceivedInstance } from '#server/platform/dicom/storage.ts';
import type { Context } from '#server/platform/context.ts';
import type { EventLog, NewEvent } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import {
  STORAGE_FAULTS,
  carries,
  endedRow,
  progressed,
  refusalCode,
  refusedRow,
  rejectionOf,
  runningOf,
  type Running,
} from './associations.ts';
import { studyEvents } from './attach.ts';
import { applyGrowth, type Counters } from './counters.ts';
import { AssociationModel, PeerModel, PeerStateModel, RefusalModel, type AssociationRow, type RefusalRow } from './monitor-model.ts';
import { presentAssociation, presentLight, presentRefusal } from './present.ts';
import type { StatusBoard } from './status.ts';

/** The time that each message on the topic takes of the allowance of five a second. */
const PER_MESSAGE_MS = 200;
/** How often the progress of what runs is told; beginnings and ends are told at once. */
const PROGRESS_MS = 1000;
const MOST_PER_MESSAGE = 200;
const MOST_REFUSALS = 20;
const TRIM_EVERY = 200;
/** Refused calls that stand in the history within this time: at most `MOST_REFUSALS`. */
const LINES_MS = 10_000;
const REFUSALS_KEPT = 1000;

interface MonitorDeps {
  ctx: Context;
  events: EventLog;
  log: Log;
  counters: Counters;
  status: StatusBoard;
  /** The peer of an AE title, by the white list in memory. */
  peerOf: (aeTitle: string) => string | null;
  /** What a caller asked for, remembered from its request. */
  wantedBy: (callingAeTitle: string, address: string) => string[];
}

/** What came from a peer since it was written last. */
interface Heard {
  at: Date;
  modality: string | null;
  arrivals: Date[];
}

export type Monitor = ReturnType<typeof createMonitor>;

/**
 * Makes what goes on visible. The state of running associations lives here, in memory; a publication writes the rows that changed, the counters of studies and
 * ONE event of each kind in one transaction, so that a snapshot read by HTTP is exactly as old as the topic's revision and catch-up by revisions
 * works as on every topic. Publications keep their distance: 200 ms per message sent, whatever arrives; mere progress once a second. The log of this topic
 * is cut to what anybody can still ask for (1,000 events), so a busy day leaves no millions of rows behind.
 */
export function createMonitor({ ctx, events, log, counters, status, peerOf, wantedBy }: MonitorDeps) {
  const running = new Map<string, Running>();
  const changed = new Map<string, AssociationRow>();
  const refusals = new Map<string, Refusal & { times: number }>();
  const lights = new Set<string>();
  const heard = new Map<string, Heard>();
  const abortedByAdmin = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let lastAt = 0;
  let pauseMs = 0;
  let flushes = 0;
  let lines = 0;
  let linesSince = 0;
  let flushing: Promise<void> = Promise.resolve();
  let closed = false;

  function schedule(urgent: boolean): void {
    if (closed) return;
    const wanted = Math.max(Date.now(), lastAt + (urgent ? pauseMs : Math.max(PROGRESS_MS, pauseMs)));
    if (wanted >= dueAt) return;
    dueAt = wanted;
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), Math.max(0, wanted - Date.now()));
  }

  function flush(): Promise<void> {
    dueAt = Number.POSITIVE_INFINITY;
    clearTimeout(timer);
    flushing = flushing.then(publish).catch((error: unknown) => {
      log.warn({ err: error }, 'the monitor could not be written; it is tried again');
      pauseMs = PROGRESS_MS;
      schedule(false);
    });
    return flushing;
  }

  async function publish(): Promise<void> {
    const taken = take();
    try {
      const sent = await ctx.atomically('pacs', () => write(taken));
      status.committed();
      pauseMs = PER_MESSAGE_MS * Math.max(1, sent);
    } catch (error) {
      giveBack(taken);
      throw error;
    } finally {
      lastAt = Date.now();
    }
    if (++flushes % TRIM_EVERY === 0) await trim();
    if (changed.size + refusals.size + lights.size > 0) schedule(true);
    else if (running.size > 0 || !counters.isEmpty() || status.moves()) schedule(false);
  }

  function take() {
    const now = ctx.now();
    for (const { row, rates } of running.values()) {
      Object.assign(row, rates.perSecond(now), { recent: rates.recent(now) });
      if (!changed.has(row._id.toHexString())) changed.set(row._id.toHexString(), row);
    }
    const rows = [...changed].slice(0, MOST_PER_MESSAGE);
    const refused = [...refusals].slice(0, MOST_REFUSALS);
    for (const [id] of rows) changed.delete(id);
    for (const [key] of refused) refusals.delete(key);
    const peers = [...lights];
    lights.clear();
    const senders = [...heard];
    heard.clear();
    return { rows: rows.map(([, row]) => ({ ...row })), refused, peers, senders, grown: counters.take() };
  }

  type Taken = ReturnType<typeof take>;

  function giveBack({ rows, refused, peers, senders, grown }: Taken): void {
    for (const row of rows) if (!changed.has(row._id.toHexString())) changed.set(row._id.toHexString(), row);
    for (const [key, refusal] of refused) {
      const later = refusals.get(key);
      refusals.set(key, later ? { ...later, times: later.times + refusal.times } : refusal);
    }
    for (const peer of peers) lights.add(peer);
    for (const [peer, before] of senders)
      heard.set(peer, { ...before, ...heard.get(peer), arrivals: [...before.arrivals, ...(heard.get(peer)?.arrivals ?? [])] });
    counters.putBack(grown);
  }

  /** Writes what changed and announces it; resolves to how many messages the topic gets. */
  async function write({ rows, refused, peers, senders, grown }: Taken): Promise<number> {
    const live: NewEvent[] = [];
    if (rows.length > 0) {
      await AssociationModel.bulkWrite(
        rows.map(({ _id, ...row }) => ({ replaceOne: { filter: { _id }, replacement: row, upsert: true } })),
      );
      live.push({ topic: 'pacs', type: 'pacs:associations', data: { changed: rows.map((row) => presentAssociation(row, true)) } });
    }
    const refusalRows: RefusalRow[] = [];
    for (const [, refusal] of refused) refusalRows.push(await writeRefusal(refusal));
    if (refusalRows.length > 0) live.push({ topic: 'pacs', type: 'pacs:refusals', data: { changed: refusalRows.map(presentRefusal) } });
    await writeHeard(senders);
    if (peers.length > 0) live.push({ topic: 'pacs', type: 'pacs:lights', data: { changed: await lightsOf(peers) } });
    live.push(...studyEvents(await applyGrowth(grown)));
    live.push(...(await status.write(running.size)));
    ctx.announce(live);
    return live.filter(({ topic }) => topic === 'pacs').length;
  }

  async function writeRefusal({ times, ...refusal }: Refusal & { times: number }): Promise<RefusalRow> {
    const [callingAeTitle, calledAeTitle] = [refusal.callingAeTitle ?? '', refusal.calledAeTitle ?? ''];
    const { address, port } = refusedRow(refusal, null, 0);
    return RefusalModel.findOneAndUpdate(
      { callingAeTitle, address, reason: refusalCode(refusal) },
      {
        $inc: { count: times, version: 1 },
        $set: { calledAeTitle, port, lastAt: refusal.at, rejection: rejectionOf(refusal), wanted: wantedBy(callingAeTitle, address) },
        $setOnInsert: { _id: new Types.ObjectId(), firstAt: refusal.at, state: 'open' },
      },
      { upsert: true, returnDocument: 'after' },
    ).lean();
  }

  /** A flood of refused calls fills neither the history nor the list: the counts say how many there were. */
  function mayKeepLine(at: number): boolean {
    if (at - linesSince > LINES_MS) {
      linesSince = at;
      lines = 0;
    }
    lines += 1;
    return lines <= MOST_REFUSALS;
  }

  async function trim(): Promise<void> {
    await events.trim('pacs');
    const [oldest] = await RefusalModel.find({ state: 'open' }).sort({ lastAt: -1 }).skip(REFUSALS_KEPT).limit(1).lean();
    if (oldest) await RefusalModel.deleteMany({ state: 'open', lastAt: { $lte: oldest.lastAt } });
  }

  async function lightsOf(ids: readonly string[]) {
    const peers = await PeerModel.find({ _id: { $in: ids } }).lean();
    const states = await PeerStateModel.find({ _id: { $in: ids } }).lean();
    const byId = new Map(states.map((state) => [state._id.toHexString(), state]));
    return peers.map((peer) => presentLight(peer, byId.get(peer._id.toHexString()), ctx.now()));
  }

  /** Keeps when a peer was heard last and when its studies began: its habit. Its light is told when a study begins, not with every image. */
  function hear(association: Running, instance: ReceivedInstance): void {
    const { peer } = association.row;
    const begins = association.study !== instance.studyInstanceUid;
    association.study = instance.studyInstanceUid;
    carries(association, instance);
    if (peer === null) return;
    const known = heard.get(peer);
    heard.set(peer, {
      at: instance.receivedAt,
      modality: association.row.modality,
      arrivals: [...(known?.arrivals ?? []), ...(begins ? [instance.receivedAt] : [])],
    });
    if (begins) lights.add(peer);
  }

  const observer: AssociationObserver = {
    opened(opened) {
      const peer = peerOf(opened.service === 'SCP' ? opened.callingAeTitle : opened.calledAeTitle);
      running.set(opened.id, runningOf(opened, peer, running.size + 1));
      schedule(true);
    },
    progress(id, progress) {
      const association = running.get(id);
      if (!association) return;
      progressed(association, progress, ctx.now());
      schedule(false);
    },
    ended(ended) {
      const association = running.get(ended.id);
      if (!association) return;
      progressed(association, ended, ctx.now());
      running.delete(ended.id);
      const id = association.row._id.toHexString();
      changed.set(id, endedRow(association, ended, abortedByAdmin.delete(id)));
      schedule(true);
    },
    refused(refusal) {
      const key = [refusal.callingAeTitle, refusedRow(refusal, null, 0).address, refusalCode(refusal)].join('\n');
      const before = refusals.get(key);
      // Of many alike between two publications one stands in the history; the refusal counts them all.
      if (!before && refusals.size < MOST_PER_MESSAGE && mayKeepLine(Date.now())) {
        const row = refusedRow(refusal, refusal.callingAeTitle === null ? null : peerOf(refusal.callingAeTitle), running.size);
        changed.set(row._id.toHexString(), row);
      }
      if (before || refusals.size < MOST_PER_MESSAGE) refusals.set(key, { ...refusal, times: (before?.times ?? 0) + 1 });
      schedule(true);
    },
    storageFailed({ associationId, kind }) {
      const association = running.get(associationId);
      const reason = STORAGE_FAULTS[kind];
      if (association) association.row.reason = reason;
      status.failed(reason, ctx.now());
      schedule(true);
    },
  };

  return {
    observer,
    /** An instance is stored and indexed. */
    stored(instance: ReceivedInstance): void {
      const association = instance.associationId === null ? undefined : running.get(instance.associationId);
      if (association) hear(association, instance);
      status.received(instance.fileBytes, ctx.now());
      schedule(false);
    },
    /** A study must be told anew. */
    studyChanged(uid: string): void {
      counters.touch(uid);
      schedule(true);
    },
    /** How a peer does has changed. */
    lightChanged(peer: string): void {
      lights.add(peer);
      schedule(true);
    },
    /** Something that the status tells has changed. */
    statusChanged: () => schedule(true),
    /** The library's name of a running association; the administrator's abort is told as such. */
    toAbort(id: string): string | undefined {
      const found = [...running].find(([, { row }]) => row._id.toHexString() === id);
      if (found) abortedByAdmin.add(id);
      return found?.[0];
    },
    /** Writes what is left; nothing is published any more. */
    async close(): Promise<void> {
      closed = true;
      await flush();
    },
  };
}

const ARRIVALS_KEPT = 100;

async function writeHeard(senders: readonly [string, Heard][]): Promise<void> {
  for (const [peer, { at, modality, arrivals }] of senders) {
    await PeerStateModel.updateOne(
      { _id: new Types.ObjectId(peer) },
      {
        $set: { lastReceived: { at, modality } },
        $push: { arrivals: { $each: arrivals, $slice: -ARRIVALS_KEPT } },
        $setOnInsert: { light: 'unknown', since: null, echoes: [] },
      },
      { upsert: true },
    );
  }
}
