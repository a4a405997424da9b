import { statfs } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PacsStatus } from '#shared/pacs/schemas.ts';
import { dayIn } from '#shared/time.ts';
import type { NewEvent } from '#server/platform/events.ts';
import { StudyModel, ConflictModel } from './model.ts';
import { StatusModel, type StatusRow } from './monitor-model.ts';
import { createBuckets, createRates } from './rates.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAYS_KEPT = 14;
/** A fault of storage is told for as long as this after it happened last. */
const PROBLEM_MS = 60_000;
/** Nothing told for this long: the process that receives is gone. */
export const SILENT_MS = 30_000;

/** How reception is set up. */
export interface ReceptionSettings {
  aeTitle: string;
  host: string;
  port: number;
  tls: boolean;
  mostAssociations: number;
}

interface BoardDeps {
  settings: ReceptionSettings;
  root: string;
  timezone: string;
  now: () => Date;
  insertQueue: () => number;
}

export type StatusBoard = Awaited<ReturnType<typeof createStatusBoard>>;

/** Keeps the figures of reception in the process that receives; goes on from what was stored before it. */
export async function createStatusBoard({ settings, root, timezone, now, insertQueue }: BoardDeps) {
  const before = await StatusModel.findById('status').lean();
  const rates = createRates();
  const minutes = createBuckets(
    MINUTE_MS,
    HOUR_MINUTES,
    (before?.status.lastHour ?? []).map((perSecond) => perSecond * 60),
    before?.minute ?? 0,
  );
  let today = before?.today ?? { day: dayIn(timezone, now()), instances: 0, bytes: 0 };
  let days = before?.days ?? [];
  let dayLookedAt = 0;
  let listening = false;
  let why: string | null = 'starting';
  let problem: { code: string; at: number } | null = null;
  let counts = { conflicts: 0, unattached: 0 };
  let disk: PacsStatus['disk'] = null;
  let told: StatusRow['status'] | undefined;
  let telling: StatusRow['status'] | undefined;

  /** Asked for every instance: the calendar is looked at once a minute. */
  function turnDay(at: Date): void {
    const minute = Math.floor(at.getTime() / MINUTE_MS);
    if (minute === dayLookedAt) return;
    dayLookedAt = minute;
    const day = dayIn(timezone, at);
    if (day === today.day) return;
    days = [...days, { day: today.day, bytes: today.bytes }].slice(-DAYS_KEPT);
    today = { day, instances: 0, bytes: 0 };
  }

  async function look(): Promise<void> {
    const [unattached, conflicts] = [
      await StudyModel.countDocuments({ 'attachment.state': 'waiting' }),
      await ConflictModel.countDocuments({}),
    ];
    counts = { unattached, conflicts };
    const { bsize, blocks, bavail } = await statfs(root);
    const perDay = days.length === 0 ? 0 : days.reduce((total, { bytes }) => total + bytes, 0) / days.length;
    const freeBytes = bsize * bavail;
    disk = { totalBytes: bsize * blocks, freeBytes, daysLeft: perDay > 0 ? Math.floor(freeBytes / perDay) : null };
  }

  function current(running: number): StatusRow['status'] {
    const at = now();
    turnDay(at);
    if (problem && at.getTime() - problem.at > PROBLEM_MS) problem = null;
    return {
      ...settings,
      listening,
      why: listening ? null : why,
      running,
      ...rates.perSecond(at),
      receivedToday: { instances: today.instances, bytes: today.bytes },
      lastHour: minutes.values(at).map((count) => Math.round((10 * count) / 60) / 10),
      disk,
      insertQueue: insertQueue(),
      ...counts,
      problem: problem?.code ?? null,
    };
  }

  return {
    /** Reads what has to be read: the disk, the lists that wait. */
    look,
    /** An instance was stored. */
    received(bytes: number, at: Date): void {
      turnDay(at);
      today = { ...today, instances: today.instances + 1, bytes: today.bytes + bytes };
      rates.add(at, 1, bytes);
      minutes.add(at, 1);
    },
    failed(code: string, at: Date): void {
      problem = { code, at: at.getTime() };
    },
    listens(open: boolean, reason: string | null = null): void {
      listening = open;
      why = reason;
    },
    /** What was written last is committed. */
    committed: () => void (told = telling ?? told),
    /** Whether figures go on changing by themselves: rates that fall. */
    moves: () => rates.perSecond(now()).messagesPerSecond > 0 || told?.messagesPerSecond !== 0,
    /** Writes that the process lives, and the figures; the event, when they are not what was told last. Inside a transaction, which may be tried again. */
    async write(running: number): Promise<NewEvent[]> {
      const status = current(running);
      const row = { beatAt: now(), status, today, days, minute: minutes.number() };
      await StatusModel.replaceOne({ _id: 'status' }, row, { upsert: true });
      if (told && isDeepStrictEqual(withoutDisk(told), withoutDisk(status))) return [];
      telling = status;
      return [{ topic: 'pacs', type: 'pacs:status', data: { status: { ...status, asOf: row.beatAt.toISOString() } } }];
    },
  };
}

/** How reception does, as any process reads it: when nobody told for long, nobody listens. */
export async function readStatus(settings: ReceptionSettings, now: Date): Promise<PacsStatus> {
  const row = await StatusModel.findById('status').lean();
  if (!row) return { ...NOTHING, ...settings };
  const silent = now.getTime() - row.beatAt.getTime() > SILENT_MS;
  return {
    ...row.status,
    asOf: row.beatAt.toISOString(),
    ...(silent && row.status.listening ? { listening: false, why: 'silent', running: 0 } : {}),
  };
}

const NOTHING = {
  asOf: null,
  listening: false,
  why: 'role',
  running: 0,
  messagesPerSecond: 0,
  bytesPerSecond: 0,
  receivedToday: { instances: 0, bytes: 0 },
  lastHour: [],
  disk: null,
  insertQueue: 0,
  conflicts: 0,
  unattached: 0,
  problem: null,
};

/** The free bytes move all the time, by the work of others too: they alone are no news. */
function withoutDisk({ disk, ...status }: StatusRow['status']): unknown {
  return { ...status, full: disk && Math.round((100 * disk.freeBytes) / disk.totalBytes) };
}
