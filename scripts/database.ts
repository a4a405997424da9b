import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import {
  backupTo,
  checkPlace,
  exportTo,
  progressBar,
  restoreCopy,
  verifyCopy,
  type Manifest,
  type Place,
} from '#server/platform/mongo/operations/index.ts';
import { settingsOfProcess } from '#server/settings.ts';

/** What may be replaced without asking. */
interface Consent {
  readonly yes: boolean;
}

/** `database backup FILE`. */
export async function backupDatabase(file: string, consent: Consent): Promise<void> {
  if (existsSync(file)) await mayReplaceOrThrow(file, consent);
  told(
    `${file} is written and was read back whole`,
    await withBar(async (progress) => verified(file, backupTo(file, place(), { progress }))),
  );
}

/** `database export DIR`. */
export async function exportDatabase(dir: string, consent: Consent): Promise<void> {
  if (existsSync(dir)) await mayReplaceOrThrow(dir, consent);
  told(`${dir} is written and was read back whole`, await withBar(async (progress) => verified(dir, exportTo(dir, place(), { progress }))));
}

/** `database restore FILE` and `database import DIR`: both read both. */
export async function restoreDatabase(from: string, consent: Consent): Promise<void> {
  const options = { now: () => new Date(), mayReplace: (what: string) => mayReplace(what, consent) };
  const { manifest, aside } = await withBar((progress) => restoreCopy(from, place(), { ...options, progress }));
  told(`the copy of ${manifest.at} is in place`, manifest);
  if (aside !== undefined) process.stdout.write(`The database that was there is kept as ${aside}.\n`);
}

/** `database check`. */
export async function checkDatabase(): Promise<void> {
  const { collections, documents, indexes, problems } = await checkPlace(place());
  process.stdout.write(`${collections} collections, ${documents} documents, ${indexes} indexes\n`);
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\nRestore the latest backup: npx vigie database restore FILE`);
  process.stdout.write('No fault was found.\n');
}

function place(): Place {
  const { MONGODB_URI: uri, DATA_DIR: dataDir } = settingsOfProcess();
  return { uri, dataDir };
}

type Report = ReturnType<typeof progressBar>['report'];

async function withBar<T>(work: (progress: Report) => Promise<T>): Promise<T> {
  const bar = progressBar();
  try {
    return await work(bar.report);
  } finally {
    bar.end();
  }
}

/** A copy that cannot be read is none: it is read back before anybody is told that there is one. */
async function verified(written: string, writing: Promise<Manifest>): Promise<Manifest> {
  await writing;
  return verifyCopy(written);
}

function told(what: string, { collections }: Manifest): void {
  const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
  process.stdout.write(`${collections.length} collections, ${documents} documents: ${what}.\n`);
}

async function mayReplaceOrThrow(what: string, consent: Consent): Promise<void> {
  if (!(await mayReplace(what, consent))) throw new Error('Nothing was changed.');
}

/** Asks on a terminal; elsewhere only `--yes` allows it. */
async function mayReplace(what: string, { yes }: Consent): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new Error(`This would replace ${what}. Nothing was changed; say --yes to allow it.`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`This replaces ${what}. Type "yes" to go on: `);
  asking.close();
  return answer.trim() === 'yes';
}
