import type { Machine } from '#shared/machines/schemas.ts';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import { TYPES_IN_ORDER, wallClockAt, type QaType } from '#shared/qa/controls.ts';
import { evaluateMachine } from '#shared/qa/evaluate.ts';
import { instantOf } from '#shared/qa/site-clock.ts';
import type { Cell } from '#shared/qa/states.ts';
import { lostMinutes } from '../lost-time.ts';
import { periodFrom, type Page, type PageMachine } from '../pages/page.ts';
import { releasesOf } from '../pages/period.ts';
import {
  DailyModel,
  JustificationModel,
  OutageModel,
  RemarkModel,
  type DailyRow,
  type JustificationRow,
  type OutageRow,
  type ReleaseRow,
  type RemarkRow,
} from '../records-model.ts';
import { siteZone } from '../site.ts';

/** First and last day, both included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** What a report tells of one machine. */
export interface MachineRecord {
  readonly machine: Machine;
  readonly types: readonly { readonly type: QaType; readonly cells: readonly Cell[] }[];
  readonly releases: ReadonlyMap<number, ReleaseRow>;
  readonly daily: readonly DailyRow[];
  readonly remarks: readonly RemarkRow[];
  readonly justifications: readonly JustificationRow[];
  readonly outages: readonly { readonly row: OutageRow; readonly lostMin: number }[];
}

/** The longest period is a half-year: one that reaches into the span began at most so many days before it. */
const LONGEST_PERIOD_DAYS = 184;
/** More of a kind and a machine are not told: nobody wrote them by hand. */
const MOST = 5000;

/** Everything about one machine between two days: the periods that touch them, and what was written to these, withdrawn or cancelled too. */
export async function collect(page: Page, one: PageMachine, span: Span, now: Date): Promise<MachineRecord> {
  const { machine, types, context } = one;
  const evaluation = types.length > 0 ? evaluateMachine(page.picture.view, machine.id, context) : {};
  const judged = types.map((type) => ({ type, cells: (evaluation[type]?.cells ?? []).filter((cell) => touches(cell, span)) }));
  const begin = dayText(dayNumberOf(span.from) - LONGEST_PERIOD_DAYS);
  const written = { machine: machine.id, type: { $in: TYPES_IN_ORDER }, period: { $gte: begin, $lte: span.to } };
  const remarks = await RemarkModel.find(written).sort({ type: 1, period: 1, at: 1 }).limit(MOST).lean();
  const justifications = await JustificationModel.find(written).sort({ type: 1, period: 1, at: 1 }).limit(MOST).lean();
  const inSpan = ({ type, period }: { type: QaType; period: string }): boolean => (periodFrom(type, period)?.to ?? period) >= span.from;
  return {
    machine,
    types: judged,
    releases: await releasesOf(judged.flatMap(({ cells }) => cells.flatMap(({ controls }) => controls))),
    daily: await DailyModel.find({ machine: machine.id, day: { $gte: span.from, $lte: span.to } })
      .sort({ day: 1, at: 1 })
      .limit(MOST)
      .lean(),
    remarks: remarks.filter(inSpan),
    justifications: justifications.filter(inSpan),
    outages: (await outagesIn(machine.id, span)).map((row) => ({ row, lostMin: lostMinutes(row, now, page.picture.view.calendar) })),
  };
}

function touches({ period }: Cell, { from, to }: Span): boolean {
  return period.to >= from && period.from <= to;
}

async function outagesIn(machine: string, { from, to }: Span): Promise<OutageRow[]> {
  const zone = siteZone();
  const begin = instantOf(zone, wallClockAt(from));
  const end = instantOf(zone, wallClockAt(dayText(dayNumberOf(to) + 1)));
  const rows = await OutageModel.find({ machine, from: { $lt: end } })
    .sort({ from: -1 })
    .limit(MOST)
    .lean();
  return rows.filter((row) => (endOf(row) ?? end) >= begin).reverse();
}

/** When an outage was over; null while nobody knows. */
export function endOf({ ended, cancelled, to }: OutageRow): Date | null {
  return ended?.at ?? cancelled?.at ?? to;
}
