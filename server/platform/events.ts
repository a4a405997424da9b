import { Schema, model } from 'mongoose';
import type { Topic } from '#shared/realtime.ts';
import type { Log } from './log.ts';

/** A fact as it is stored: whole, before it is presented to anybody. */
export interface StoredEvent {
  topic: Topic;
  revision: number;
  at: Date;
  type: string;
  data: unknown;
}

/** A fact that an act announces on a topic. */
export type NewEvent = Pick<StoredEvent, 'topic' | 'type' | 'data'>;

const KEPT_SECONDS = 7 * 24 * 3600;
const POLL_MS = 200;
/** Clocks of two machines differ, and a commit is seen later than it was dated: each poll looks back that far. */
const OVERLAP_MS = 10_000;
const BATCH = 500;
/** More missed events than this are not sent one by one: the client fetches the state anew. */
export const CATCH_UP_LIMIT = 1000;

const eventSchema = new Schema<StoredEvent>(
  {
    topic: { type: String, required: true },
    revision: { type: Number, required: true },
    at: { type: Date, required: true },
    type: { type: String, required: true },
    data: { type: Schema.Types.Mixed },
  },
  { versionKey: false, minimize: false, collection: 'events' },
);
eventSchema.index({ topic: 1, revision: 1 }, { unique: true });
eventSchema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });
const EventModel = model('Event', eventSchema);

interface TopicRow {
  _id: Topic;
  revision: number;
  at: Date;
}
const topicSchema = new Schema<TopicRow>(
  { _id: { type: String, required: true }, revision: { type: Number, required: true }, at: { type: Date, required: true } },
  { versionKey: false, collection: 'topics' },
);
topicSchema.index({ at: 1 });
const TopicModel = model('Topic', topicSchema);

export type EventListener = (event: StoredEvent) => void;

export type EventLog = ReturnType<typeof createEventLog>;

/**
 * The log of live events. What an act announces is written in the act's own transaction with the next revision of its topic; after the commit
 * the process that did it emits at once, other processes find it by polling, and what a crash kept from being emitted is found by whoever
 * comes back and asks. Each process emits the events of a topic in the order of their revisions, each once.
 */
export function createEventLog({ now, log }: { now: () => Date; log: Log }) {
  const listeners = new Set<EventListener>();
  /** The last revision of each topic that this process emitted; none for a topic it has not met yet. */
  const emitted = new Map<string, number>();
  /** Topics whose gap is being filled from the log, with the revision to reach. */
  const filling = new Map<string, number>();
  let polledUpTo = now();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function emit(event: StoredEvent): void {
    emitted.set(event.topic, event.revision);
    for (const listener of listeners) listener(event);
  }

  /** Takes committed events of this process or of the log; emits them in order, each once. */
  function offer(event: StoredEvent): void {
    const last = emitted.get(event.topic);
    if (last !== undefined && event.revision <= last) return;
    if (filling.has(event.topic) || (last !== undefined && event.revision > last + 1)) void fill(event.topic, event.revision);
    else emit(event);
  }

  /** Emits what lies in the log up to a revision. Another process committed it before we did. */
  async function fill(topic: Topic, upTo: number): Promise<void> {
    const wanted = filling.get(topic);
    filling.set(topic, Math.max(wanted ?? 0, upTo));
    if (wanted !== undefined) return;
    try {
      for (let last = emitted.get(topic) ?? 0; last < (filling.get(topic) ?? 0);) {
        const missed = await read(topic, last, BATCH);
        if (missed.length === 0) break;
        for (const event of missed) if (event.revision > (emitted.get(topic) ?? 0)) emit(event);
        last = emitted.get(topic) ?? last;
      }
    } catch (error) {
      log.warn({ err: error, topic }, 'event log not read; the next poll tries again');
    } finally {
      filling.delete(topic);
    }
  }

  async function poll(): Promise<void> {
    const from = new Date(polledUpTo.getTime() - OVERLAP_MS);
    const started = now();
    const changed = await TopicModel.find({ at: { $gte: from } }).lean();
    for (const { _id: topic, revision } of changed) {
      const last = emitted.get(topic);
      if (last === undefined) emitted.set(topic, revision);
      else if (revision > last) await fill(topic, revision);
    }
    polledUpTo = started;
  }

  async function pollAgain(): Promise<void> {
    try {
      await poll();
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'event log not polled');
    }
    if (!stopped) timer = setTimeout(() => void pollAgain(), POLL_MS);
  }

  return {
    /**
     * Writes events with the next revisions of their topics; inside a transaction, as its last writes. A topic's counter is written
     * by every act on it, so the later it is touched, the shorter others wait.
     */
    async append(events: readonly NewEvent[]): Promise<StoredEvent[]> {
      const at = now();
      const stored: StoredEvent[] = [];
      for (const [topic, ofTopic] of Map.groupBy(events, (event) => event.topic)) {
        const counter = await TopicModel.findOneAndUpdate(
          { _id: topic },
          { $inc: { revision: ofTopic.length }, $set: { at } },
          { upsert: true, returnDocument: 'after' },
        ).lean();
        const first = (counter?.revision ?? ofTopic.length) - ofTopic.length + 1;
        stored.push(...ofTopic.map((event, index) => ({ ...event, at, revision: first + index })));
      }
      if (stored.length > 0) await EventModel.insertMany(stored, { lean: true });
      return stored;
    },
    offer,
    read,
    /** The revision of a topic in the database; 0 when nothing was ever announced on it. */
    async revision(topic: Topic): Promise<number> {
      const row = await TopicModel.findById(topic).lean();
      return row?.revision ?? 0;
    },
    /** The revisions of topics in the database, after emitting here what other processes had announced up to then. */
    async revisions(topics: readonly Topic[]): Promise<Map<string, number>> {
      const rows = await TopicModel.find({ _id: { $in: topics } }).lean();
      for (const { _id: topic, revision } of rows) {
        const last = emitted.get(topic);
        if (last !== undefined && revision > last) await fill(topic, revision);
      }
      return new Map(rows.map((row) => [row._id, row.revision]));
    },
    /** The last revision of a topic that was emitted here; from `cursor` on when the topic is met for the first time. */
    emittedOr(topic: Topic, cursor: number): number {
      const last = emitted.get(topic);
      if (last === undefined) emitted.set(topic, cursor);
      return last ?? cursor;
    },
    /** Forgets what nobody can ask for any more on a topic that tells much: who missed more fetches the state anew. */
    async trim(topic: Topic): Promise<void> {
      const row = await TopicModel.findById(topic).lean();
      if (row) await EventModel.deleteMany({ topic, revision: { $lte: row.revision - CATCH_UP_LIMIT } });
    },
    /** Calls back for every event, own or of another process, in the order of each topic's revisions, until the function it gives is called. */
    listen(listener: EventListener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start(): void {
      void pollAgain();
    },
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Events of a topic after a revision, in order. */
async function read(topic: Topic, after: number, limit: number): Promise<StoredEvent[]> {
  return EventModel.find({ topic, revision: { $gt: after } }, { _id: 0 })
    .sort({ revision: 1 })
    .limit(limit)
    .lean();
}

function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
