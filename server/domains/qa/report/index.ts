import type { z } from 'zod';
import { dayNumberOf } from '#shared/qa/calendar.ts';
import type { ReportQuery } from '#shared/qa/page-schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid, NotFound } from '#server/platform/errors.ts';
import { renderPdf, type PdfBlock, type PdfDocument } from '#server/platform/pdf/index.ts';
import { readConfig } from '../config-store.ts';
import { pageAt } from '../pages/page.ts';
import { createTurns } from '../pages/turns.ts';
import { sourceState } from '../synchronise.ts';
import { machineBlocks, summaryTable } from './blocks.ts';
import { collect, type MachineRecord } from './collect.ts';
import { sayingsOf, type Sayings } from './words.ts';

type Query = z.output<typeof ReportQuery>;

/** Two years of all machines are a book already. */
const MOST_DAYS = 732;

/**
 * The report of a span of days for an inspection, as a PDF in the caller's language: rates, periods with their controls, justifications and remarks with
 * their earlier wordings, daily controls entered by hand, outages with the signatures of the returns to service.
 *
 * @throws NotFound for a machine that is not in the registry; Invalid for days in the wrong order, or more than two years.
 */
export async function qaReport(ctx: Context, query: Query, site: { name: string }): Promise<Uint8Array<ArrayBuffer>> {
  return renderPdf(await reportOf(ctx, query, site));
}

/** The report before it is drawn. */
export async function reportOf(ctx: Context, query: Query, site: { name: string }): Promise<PdfDocument> {
  const days = dayNumberOf(query.to) - dayNumberOf(query.from);
  if (days < 0 || days >= MOST_DAYS) {
    throw new Invalid([{ where: 'query', path: 'to', message: `the last day lies 0 to ${MOST_DAYS - 1} days after the first` }]);
  }
  const now = ctx.now();
  const page = await pageAt(now, query.machine);
  if (query.machine !== undefined && page.machines.length === 0) throw new NotFound('machine');
  const say = sayingsOf(ctx.locale);
  const turns = createTurns();
  const records: MachineRecord[] = [];
  for (const one of page.machines) {
    records.push(await collect(page, one, query, now));
    await turns.next();
  }
  const { words, wall } = say;
  const span = words.span(wall(query.from), wall(query.to));
  const blocks: PdfBlock[] = [
    { kind: 'heading', level: 1, text: words.title },
    ...(await coverTexts(ctx, say, [site.name, span])),
    { kind: 'heading', level: 2, text: words.summary },
    summaryTable(records, say),
  ];
  for (const record of records) {
    blocks.push(...machineBlocks(record, say));
    await turns.next();
  }
  return {
    title: `${words.title}, ${span}`,
    author: site.name,
    language: ctx.locale,
    madeAtMs: now.getTime(),
    foot: { left: `${site.name} · ${words.title} · ${span}`, page: words.page('{page}', '{pages}') },
    blocks,
  };
}

async function coverTexts(ctx: Context, { words, instant }: Sayings, lines: readonly string[]): Promise<PdfBlock[]> {
  const { current } = await readConfig(ctx.now());
  const { lastReadAt } = await sourceState();
  const { made, version, note } = current;
  return [
    ...lines,
    words.made(instant(ctx.now()), ctx.actor.name),
    version === 0 ? words.rulesOfStart : words.rules(version, made.by, instant(new Date(made.at)), note),
    lastReadAt === null ? words.sourceNever : words.source(instant(new Date(lastReadAt))),
  ].map((text) => ({ kind: 'text', text }));
}
