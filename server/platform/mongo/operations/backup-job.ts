import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '../../jobs/index.ts';
import type { Log } from '../../log.ts';
import { backupTo } from './copy.ts';
import { backupsOf, type Place } from './place.ts';
import { verifyCopy } from './read-copy.ts';

const KEPT = 14;
const NAME = /^vigie-\d{4}-\d{2}-\d{2}\.jsonl\.gz$/;

interface BackupDeps {
  readonly place: Place;
  readonly timezone: string;
  readonly now: () => Date;
  readonly log: Log;
}

/**
 * The daily backup: into DATA_DIR/backups of the process that takes the job, one file a day, the last fourteen. It is read back before an older one
 * is given up. Run twice on a day it writes the same file again.
 */
export function backupJob({ place, timezone, now, log }: BackupDeps): Job {
  return {
    name: 'database/backup',
    schedule: '30 2 * * *',
    retry: { delayMs: 10 * 60_000, times: 3 },
    timeLimitMs: 10 * 60_000, // of silence: it tells at every minute that it is still at work
    run: async ({ signal, touch }) => {
      const folder = backupsOf(place.dataDir);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = path.join(folder, `vigie-${dayOf(now(), timezone)}.jsonl.gz`);
      const alive = setInterval(() => void touch().catch(() => undefined), 60_000);
      try {
        await backupTo(file, place, { now, progress: () => signal.throwIfAborted() });
        const { collections } = await verifyCopy(file);
        const removed = await removeOld(folder);
        const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
        log.info({ documents, removed }, 'daily backup is written');
      } finally {
        clearInterval(alive);
      }
    },
  };
}

/** Keeps the newest; of what others have put there nothing is touched. */
async function removeOld(folder: string): Promise<number> {
  const old = (await readdir(folder))
    .filter((name) => NAME.test(name))
    .sort()
    .slice(0, -KEPT);
  for (const name of old) await rm(path.join(folder, name));
  return old.length;
}

/** The site's day, as 2026-03-29. */
function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);
}
