// `npm run demo:scanner -- --host H --port P --aec VIGIE`: the simulated scanner alone, towards any archive.
import { parseArgs } from 'node:util';
import { runScanner, type StudyReport } from './scanner.ts';

const USAGE = `npm run demo:scanner -- --host HOST --port PORT --aec AETITLE
    [--aet SCANNER1]   the scanner's own AE title
    [--studies 1]      how many, one after another
    [--seed 1]         the same seed, day and numbers give the same bytes
    [--day YYYY-MM-DD] the day of the studies (today)
    [--slices N]       of each CT (40 to 79)
    [--every SECONDS]  between two studies (0)
`;
const OPENS_AT = 8;
const MINUTES_PER_STUDY = 12;

interface Arguments {
  readonly host: string;
  readonly port: number;
  readonly aec: string;
  readonly aet: string;
  readonly studies: number;
  readonly seed: number;
  readonly everyMs: number;
  readonly slices?: number;
  readonly at: (index: number) => Date;
}

function readArguments(): Arguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { host: text, port: text, aec: text, aet: text, studies: text, seed: text, day: text, slices: text, every: text },
  });
  if (!values.host || !values.port || !values.aec) throw new Error('--host, --port and --aec are needed');
  const slices = values.slices === undefined ? {} : { slices: whole('slices', values.slices, 1, 1000) };
  return {
    host: values.host,
    port: whole('port', values.port, 1, 65_535),
    aec: title('aec', values.aec),
    aet: title('aet', values.aet ?? 'SCANNER1'),
    studies: whole('studies', values.studies ?? '1', 1, 1_000_000),
    seed: whole('seed', values.seed ?? '1', 0, 2 ** 32 - 1),
    everyMs: whole('every', values.every ?? '0', 0, 86_400) * 1000,
    ...slices,
    at: hoursOf(values.day),
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new Error(`--${name} is a whole number from ${least} to ${most}`);
  return value;
}

/** AE titles: up to 16 characters of ASCII but the backslash (PS3.5 6.2). */
function title(name: string, text: string): string {
  if (!/^(?=.*\S)[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text)) throw new Error(`--${name} has 1 to 16 characters of ASCII`);
  return text;
}

/** A day's studies follow one another from the morning on. */
function hoursOf(day: string | undefined): (index: number) => Date {
  const now = new Date();
  const [year, month, date] = day?.split('-').map(Number) ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const at = (index: number): Date => new Date(year ?? NaN, (month ?? NaN) - 1, date ?? NaN, OPENS_AT, index * MINUTES_PER_STUDY);
  const first = at(0);
  if ((day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) || first.getDate() !== date || first.getMonth() + 1 !== month)
    throw new Error('--day is a day: YYYY-MM-DD');
  return at;
}

/** One line per study; identities are invented, and still left out. */
function line({ index, study, ok, sent, failed, bytes, durationMs, cause, statuses }: StudyReport): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB in ${(durationMs / 1000).toFixed(1)} s`;
  const answers = Object.entries(statuses).map(([status, count]) => `${status} × ${count}`);
  const trouble = ok ? '' : `  FAILED: ${[cause, failed > 0 ? `${failed} not taken` : undefined, ...answers].filter(Boolean).join(', ')}`;
  return `${String(index + 1).padStart(4)}  ${study.kind.padEnd(5)} ${study.site.bodyPart.padEnd(6)} IPP ${study.subject.ipp}  ${sent} objects, ${size}${trouble}\n`;
}

if (import.meta.main) {
  try {
    const { failed } = await runScanner({ ...readArguments(), onStudy: (report) => process.stdout.write(line(report)) });
    process.exitCode = failed === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}
