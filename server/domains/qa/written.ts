import { Types } from 'mongoose';
import type { z } from 'zod';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import { wallClockAt, type QaType } from '#shared/qa/controls.ts';
import { periodsBetween } from '#shared/qa/periods.ts';
import type { DailyEntry, EnterDaily, Justification, Remark, WriteJustification, WriteRemark } from '#shared/qa/schemas.ts';
import { instantOf } from '#shared/qa/site-clock.ts';
import type { Refusal } from '#shared/errors.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { dayIn } from '#shared/time.ts';
import { isActive, machineName, machineRef } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Forbidden, NotFound, RuleBroken } from '#server/platform/errors.ts';
import { actOf, presentAct, presentMaybe } from './acts.ts';
import { DailyModel, JustificationModel, RemarkModel, type DailyRow, type JustificationRow, type RemarkRow } from './records-model.ts';
import { isMissed } from './missed.ts';
import { relight } from './relight.ts';
import { siteZone } from './site.ts';

type Place = Pick<RemarkRow, 'machine' | 'type' | 'period'>;

/** Writes a remark to a period. @throws NotFound for a machine that is not there, or a day on which no period of the type begins */
export async function writeRemark(ctx: Context, { text, ...place }: z.output<typeof WriteRemark>): Promise<Remark> {
  assertPeriod(place);
  return ctx.atomically('qa', async () => {
    const row: RemarkRow = { _id: new Types.ObjectId(), ...place, text, edits: [], ...actOf(ctx) };
    await RemarkModel.insertMany([row], { lean: true });
    await told(ctx, row, 'qa.remark-written');
    return presentRemark(row);
  });
}

/** Words one's own remark anew; the earlier wording stays. @throws Forbidden for another's */
export function rewordRemark(ctx: Context, id: string, { text }: { text: string }): Promise<Remark> {
  return ctx.atomically('qa', async () => {
    const row = await RemarkModel.findById(id).lean<RemarkRow | null>();
    if (!row) throw new NotFound('remark');
    if (row.byId !== ctx.actor.id) throw new Forbidden();
    const edits = [...row.edits, { text: row.text, by: ctx.actor.name, at: ctx.now() }];
    await RemarkModel.updateOne({ _id: row._id }, { $set: { text, edits } });
    await told(ctx, row, 'qa.remark-worded');
    return presentRemark({ ...row, text, edits });
  });
}

/**
 * Justifies a missed period: until it expires, at the end of the day before `expires`, or is withdrawn.
 *
 * @throws RuleBroken `qa.justification` for one that is not missed: what is written ahead would keep a machine from ever turning red.
 */
export async function justify(ctx: Context, { text, expires, ...place }: z.output<typeof WriteJustification>): Promise<Justification> {
  assertPeriod(place);
  if (!(await isMissed(place, ctx.now()))) refuse(ctx, 'qa.justification', 'justified_not_missed');
  return ctx.atomically('qa', async () => {
    const end = expires === null ? null : instantOf(siteZone(), wallClockAt(expires, '00:00'));
    if (end && end <= ctx.now()) refuse(ctx, 'qa.justification', 'expired');
    const row: JustificationRow = { _id: new Types.ObjectId(), ...place, text, edits: [], expires: end, withdrawn: null, ...actOf(ctx) };
    await JustificationModel.insertMany([row], { lean: true });
    await told(ctx, row, 'qa.justified');
    await relight(ctx, [row.machine]);
    return presentJustification(row);
  });
}

/** Words a justification anew; the earlier wording stays, with who changed it. */
export function rewordJustification(ctx: Context, id: string, { text }: { text: string }): Promise<Justification> {
  return onJustification(ctx, id, async (row) => {
    const change = { text, edits: [...row.edits, { text: row.text, by: ctx.actor.name, at: ctx.now() }] };
    await JustificationModel.updateOne({ _id: row._id }, { $set: change });
    await told(ctx, row, 'qa.justification-worded');
    return { ...row, ...change };
  });
}

/** Withdraws a justification: the period is missed and no more. */
export function withdrawJustification(ctx: Context, id: string, { reason }: { reason: string }): Promise<Justification> {
  return onJustification(ctx, id, async (row) => {
    const change = { withdrawn: actOf(ctx), edits: [...row.edits, { text: reason, by: ctx.actor.name, at: ctx.now() }] };
    await JustificationModel.updateOne({ _id: row._id }, { $set: change });
    await told(ctx, row, 'qa.justification-withdrawn');
    await relight(ctx, [row.machine]);
    return { ...row, ...change };
  });
}

/** Enters a daily control by hand. The last entry of a day holds. @throws RuleBroken `qa.daily` for a day to come */
export async function enterDaily(ctx: Context, { machine, day, outcome, remark }: z.output<typeof EnterDaily>): Promise<DailyEntry> {
  if (!isActive(machine)) throw new NotFound('machine');
  return ctx.atomically('qa', async () => {
    const today = dayIn(siteZone(), ctx.now());
    if (day !== undefined && day > today) refuse(ctx, 'qa.daily', 'daily_future');
    const row: DailyRow = { _id: new Types.ObjectId(), machine, day: day ?? today, outcome, remark, ...actOf(ctx) };
    await DailyModel.insertMany([row], { lean: true });
    await told(ctx, { machine, type: 'CQQ', period: row.day }, 'qa.daily-entered', { outcome });
    await relight(ctx, [machine]);
    return presentDaily(row);
  });
}

async function onJustification(
  ctx: Context,
  id: string,
  act: (row: JustificationRow) => Promise<JustificationRow>,
): Promise<Justification> {
  return ctx.atomically('qa', async () => {
    const row = await JustificationModel.findById(id).lean<JustificationRow | null>();
    if (!row || row.withdrawn) throw new NotFound('justification');
    return presentJustification(await act(row));
  });
}

async function told(ctx: Context, { machine, type, period }: Place, action: string, details: Record<string, unknown> = {}): Promise<void> {
  await ctx.record({
    action,
    subject: `machine:${machine}`,
    details: { type, period, ...details },
    live: [{ topic: 'qa', type: 'qa:period', data: { machine, type, period } }],
  });
}

function assertPeriod({ machine, type, period }: { machine: string; type: QaType; period: string }): void {
  if (!machineRef(machine)) throw new NotFound('machine');
  const day = dayNumberOf(period);
  if (!periodsBetween(type, day, day).some(({ fromDay }) => dayText(fromDay) === period)) throw new NotFound('period');
}

function refuse(ctx: Context, code: 'qa.justification' | 'qa.daily', rule: Refusal['rule']): never {
  throw new RuleBroken(code, inWords([{ rule }], wordsOf(ctx.locale), machineName));
}

export function presentRemark({ _id, text, edits, ...act }: RemarkRow): Remark {
  return { id: String(_id), text, edits: edits.map(presentEdit), ...presentAct(act) };
}

export function presentJustification({ expires, withdrawn, ...row }: JustificationRow): Justification {
  return { ...presentRemark(row), expires: expires?.toISOString() ?? null, withdrawn: presentMaybe(withdrawn) };
}

export function presentDaily({ _id, machine, day, outcome, remark, ...act }: DailyRow): DailyEntry {
  return { id: String(_id), machine, day, outcome, remark, ...presentAct(act) };
}

const presentEdit = ({ text, by, at }: RemarkRow['edits'][number]): Remark['edits'][number] => ({ text, by, at: at.toISOString() });
