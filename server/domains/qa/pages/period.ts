import type { z } from 'zod';
import type { Control } from '#shared/qa/controls.ts';
import { cellsOfYear } from '#shared/qa/evaluate.ts';
import type { PeriodDetail } from '#shared/qa/page-schemas.ts';
import type { Period } from '#shared/qa/periods.ts';
import type { PeriodParams } from '#shared/qa/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound } from '#server/platform/errors.ts';
import { presentMaybe } from '../acts.ts';
import { DailyModel, JustificationModel, ReleaseModel, RemarkModel, type ReleaseRow } from '../records-model.ts';
import { presentDaily, presentJustification, presentRemark } from '../written.ts';
import { isJudged, latestFirst, pageAt, periodFrom, yearOf, type Page, type PageMachine } from './page.ts';
import { presentCell } from './table.ts';

/** More of a kind are not shown: nobody wrote them by hand. */
const MOST = 500;

/**
 * Everything about one period of a machine, whether or not the type is asked of it.
 *
 * @throws NotFound for a machine that is not in the registry, and for a day on which no period of the type begins.
 */
export async function periodDetail(ctx: Context, { machine, type, period: first }: z.output<typeof PeriodParams>): Promise<PeriodDetail> {
  const period = periodFrom(type, first);
  if (!period) throw new NotFound('period');
  const page = await pageAt(ctx.now(), machine);
  const [one] = page.machines;
  if (!one) throw new NotFound('machine');
  const place = { machine, type, period: first };
  const remarks = await RemarkModel.find(place).sort({ at: 1 }).limit(MOST).lean();
  const justifications = await JustificationModel.find(place).sort({ at: 1 }).limit(MOST).lean();
  const entries = type === 'CQQ' ? await DailyModel.find({ machine, day: first }).sort({ at: 1 }).limit(MOST).lean() : [];
  const controls = controlsIn(page, one, period);
  const releases = await releasesOf(controls);
  const { label, from, to } = period;
  const cell = cellOf(page, one, period) ?? { state: 'none' as const, justified: false, controls };
  return {
    machine,
    type,
    period: { label, from, to },
    cell: presentCell(cell, remarks.length),
    controls: controls.map((control) => ({ ...control, released: presentMaybe(releases.get(control.id) ?? null) })),
    entries: entries.map(presentDaily),
    remarks: remarks.map(presentRemark),
    justifications: justifications.map(presentJustification),
  };
}

/** Who released which of some controls. */
export async function releasesOf(controls: readonly Control[]): Promise<ReadonlyMap<number, ReleaseRow>> {
  const doubtful = controls.filter(({ conform }) => conform === false).map(({ id }) => id);
  if (doubtful.length === 0) return new Map();
  const rows = await ReleaseModel.find({ _id: { $in: doubtful } }).lean<ReleaseRow[]>();
  return new Map(rows.map((row) => [row._id, row]));
}

function controlsIn({ picture: { view } }: Page, { machine }: PageMachine, { type, index }: Period): Control[] {
  const there = view.ledger.shelves.get(machine.id)?.[type].cells.get(index)?.controls ?? [];
  return there.filter(({ at }) => at !== null && at <= view.now).sort((a, b) => latestFirst(b, a));
}

function cellOf({ picture }: Page, { machine, types, context }: PageMachine, { type, from, index }: Period) {
  const year = yearOf(type, from);
  if (!types.includes(type) || !isJudged(picture, year)) return undefined;
  return cellsOfYear(picture.view, machine.id, context, { type, year }).find(({ period }) => period.index === index);
}
