import { readFile } from 'node:fs/promises';
import { fr } from '#shared/messages/fr.ts';
import { qaFr } from '#shared/messages/qa-fr.ts';
import { parseWallClock, type WallClock } from '#shared/qa/controls.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { evaluateFile, type FileEvaluation, type FileMachine } from '#server/domains/qa/evaluate-file.ts';
import type { CsvFault } from '#server/domains/qa/source/csv-file.ts';

/** Options of `vigie qa evaluate`, as they were typed. */
export interface EvaluateOptions {
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The default configuration's clock: the zone tells no more than the hour that it is now. */
const ZONE = 'Europe/Paris';
const MOST_LINES = 20;
const MOST_LABELS = 8;

/**
 * Judges the machines from an export of controls and prints the result, as a table in French or as JSON. Faults of single lines go to the error output; the
 * other lines are judged nevertheless.
 *
 * @throws Error when an option or the file cannot be used.
 */
export async function evaluateControls(file: string, { at, from, json }: EvaluateOptions): Promise<void> {
  const moment = momentOf(at);
  const first = from === undefined ? null : dayOfOption(from);
  if (first !== null && first > moment) throw new Error(`--from (${first}) is after --at (${moment.slice(0, 16)}).`);
  const { evaluation, faults } = await evaluateFile(await readFile(file), { at: moment, from: first });
  const said = faults.map(inWords);
  if (!evaluation) throw new Error(`${file} : ${said.join('\n')}`);
  for (const line of said.slice(0, MOST_LINES)) process.stderr.write(`${line}\n`);
  if (said.length > MOST_LINES) process.stderr.write(`… ${said.length - MOST_LINES} autres\n`);
  const { machines, unclassified } = evaluation;
  await print(json ? `${JSON.stringify({ machines, unclassified }, null, 2)}\n` : tableOf(evaluation));
}

function momentOf(at: string | undefined): WallClock {
  if (at === undefined) return wallClockIn(ZONE, new Date());
  const moment = parseWallClock(at);
  if (!moment) throw new Error(`--at ${at}: write the site's date and hour without zone, as 2026-11-20T12:00.`);
  return moment;
}

function dayOfOption(from: string): string {
  if (from.length !== 10 || !parseWallClock(from)) throw new Error(`--from ${from}: write a day, as 2024-01-01.`);
  return from;
}

function inWords(fault: CsvFault): string {
  return qaFr.csv[fault.code](fault);
}

function tableOf({ at, from, machines, unclassified }: FileEvaluation): string {
  const counts = Map.groupBy(unclassified, ({ reason }) => reason);
  const lines = [
    `État au ${at.slice(0, 10)} à ${at.slice(11, 16)}, périodes depuis le ${from}`,
    ...machines.flatMap(linesOf),
    '',
    `Contrôles non classés, ou à vérifier : ${unclassified.length}`,
    ...[...counts].map(([reason, list]) => {
      const ids = list.map(({ id }) => id);
      const more = ids.length > MOST_LINES ? `, et ${ids.length - MOST_LINES} autres` : '';
      return `  ${qaFr.leftOut[reason]} (${ids.length}) : ${ids.slice(0, MOST_LINES).join(', ')}${more}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf({ id, name, light, reasons, types }: FileMachine): string[] {
  return [
    '',
    `${name} (${id}) : ${fr.lights[light]}`,
    ...reasons.map((reason) => `  ${reason}`),
    ...Object.entries(types).map(([type, { rate, periods }]) => {
      const of = (state: string): string[] => periods.filter((period) => period.state === state).map(({ label }) => label);
      const missed = of('missed');
      const latest = missed.slice(-MOST_LABELS).join(', ');
      const counted = `${of('done').length} ${qaFr.states.done}, ${missed.length} ${qaFr.states.missed}`;
      return `  ${type} ${rate.toFixed(1).replace('.', ',').padStart(6)} %   ${counted}${latest === '' ? '' : ` (derniers : ${latest})`}`;
    }),
  ];
}

/** Resolves when the text has left: a long one is cut by the exit that follows. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
