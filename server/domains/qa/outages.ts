import { createHash } from 'node:crypto';
import { Types } from 'mongoose';
import type { z } from 'zod';
import type { Unmet } from '#shared/dossiers/workflow.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import type { MachineStatusReply, Outage, PlanOutage } from '#shared/qa/status-schemas.ts';
import { verifyPassword } from '#server/domains/accounts/index.ts';
import { isActive, machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Forbidden, NotFound, RuleBroken } from '#server/platform/errors.ts';
import { actOf, presentAct, presentMaybe } from './acts.ts';
import { lostMinutes, lostSince, lostTimeCalendar } from './lost-time.ts';
import { overrideOf } from './overrides-store.ts';
import { OutageModel, type OutageRow } from './records-model.ts';
import { relight } from './relight.ts';
import type { SiteCalendar } from '#shared/qa/working-days.ts';

/** What is listed for a machine that was declared down, until a physicist lists something else. */
const USUAL_CONTROLS = ['Contrôle quotidien', 'Contrôle après intervention'];
const PAST = 50;
/** A form may stay open for a while; an hour that has passed is no hour without the machine, and must not make a missed control "not applicable". */
const SLACK_MS = 3_600_000;
/** A tap in error is noticed soon; what was reported longer ago is for a physicist to take back. */
const ERROR_MS = 5 * 60_000;

/** Reports a fault: one tap. The machine is red at once, everywhere. Reported again while one is open, it is that one. */
export async function reportFault(ctx: Context, machine: string, { why }: { why: string }): Promise<Outage> {
  return declared(ctx, machine, { kind: 'fault', from: ctx.now(), to: null, why });
}

/**
 * Declares a downtime or a maintenance, from now or later on.
 *
 * @throws RuleBroken `qa.outage` when it would end before it begins, is over already, or would begin in the past.
 */
export async function planOutage(ctx: Context, machine: string, { kind, from, to, why }: z.output<typeof PlanOutage>): Promise<Outage> {
  const begin = new Date(from);
  const end = to === null ? null : new Date(to);
  if (end && (end <= begin || end <= ctx.now())) refuse(ctx, [{ rule: 'outage_order' }]);
  if (begin.getTime() < ctx.now().getTime() - SLACK_MS) refuse(ctx, [{ rule: 'outage_past' }]);
  return declared(ctx, machine, { kind, from: begin, to: end, why });
}

async function declared(ctx: Context, machine: string, what: Pick<OutageRow, 'kind' | 'from' | 'to' | 'why'>): Promise<Outage> {
  if (!isActive(machine)) throw new NotFound('machine');
  return ctx.atomically('qa', async () => {
    const open = what.kind === 'fault' ? await OutageModel.findOne({ machine, kind: 'fault', open: true }).lean() : null;
    if (open) return reworded(ctx, open, what.why);
    const row: OutageRow = {
      _id: new Types.ObjectId(),
      machine,
      ...what,
      declared: actOf(ctx),
      controls: USUAL_CONTROLS.map((name) => ({ name, done: null })),
      ended: null,
      cancelled: null,
      open: true,
    };
    await OutageModel.insertMany([row], { lean: true });
    return told(ctx, row, `qa.${what.kind}-declared`);
  });
}

/** The reason follows the tap. */
async function reworded(ctx: Context, open: OutageRow, why: string): Promise<Outage> {
  if (why === '' || why === open.why) return presentOutage(open, ctx.now(), await lostTimeCalendar(ctx.now()));
  return changed(ctx, open, { why }, 'qa.fault-worded');
}

/**
 * Cancels what was planned and has not begun, or a fault that was reported in error: by a physicist, or at once by who reported it. Everything else ends by
 * a return to service.
 *
 * @throws RuleBroken `qa.outage`
 */
export function cancelOutage(ctx: Context, id: string, { reason }: { reason: string }): Promise<Outage> {
  return onOpen(ctx, id, (row) => {
    if (row.kind === 'fault' && !mayTakeBack(ctx, row)) refuse(ctx, [{ rule: 'outage_cancel' }]);
    if (row.kind !== 'fault' && row.from <= ctx.now()) refuse(ctx, [{ rule: 'outage_begun' }]);
    const why = row.why === '' ? reason : `${row.why} (${reason})`;
    return changed(ctx, row, { cancelled: actOf(ctx), open: false, why }, 'qa.outage-cancelled');
  });
}

function mayTakeBack(ctx: Context, { declared: by }: OutageRow): boolean {
  return ctx.actor.role === 'physicist' || (by.byId === ctx.actor.id && ctx.now().getTime() - by.at.getTime() < ERROR_MS);
}

/** Lists the controls that must be done before the machine goes back. What was ticked stays ticked. */
export function listControls(ctx: Context, id: string, { controls }: { controls: string[] }): Promise<Outage> {
  return onOpen(ctx, id, (row) => {
    const done = new Map(row.controls.map((one) => [one.name, one.done]));
    const listed = [...new Set(controls)].map((name) => ({ name, done: done.get(name) ?? null }));
    return changed(ctx, row, { controls: listed }, 'qa.outage-controls');
  });
}

/** Ticks a listed control as done, or takes the tick away. @throws NotFound for one that is not listed. */
export function tickControl(ctx: Context, id: string, { name, done }: { name: string; done: boolean }): Promise<Outage> {
  return onOpen(ctx, id, (row) => {
    if (!row.controls.some((one) => one.name === name)) throw new NotFound('control');
    const controls = row.controls.map((one) => (one.name === name ? { name, done: done ? actOf(ctx) : null } : one));
    return changed(ctx, row, { controls }, done ? 'qa.outage-control-done' : 'qa.outage-control-open');
  });
}

/**
 * Returns a machine to service: signed by a physicist with his password, after the listed controls.
 *
 * @throws RuleBroken `qa.outage` naming each control that is not done, or for an outage that has not begun; Forbidden `password.wrong`.
 */
export async function returnToService(
  ctx: Context,
  id: string,
  { password, remark }: { password: string; remark: string },
): Promise<Outage> {
  if (ctx.actor.id === null || !(await verifyPassword(ctx.actor.id, password, ctx))) throw new Forbidden('password.wrong');
  return onOpen(ctx, id, (row) => {
    if (row.from > ctx.now()) refuse(ctx, [{ rule: 'outage_future' }]);
    const open = row.controls.filter((one) => one.done === null);
    if (open.length > 0)
      refuse(
        ctx,
        open.map(({ name }) => ({ rule: 'outage_control', params: { control: name } })),
      );
    const act = actOf(ctx);
    const signed = {
      id,
      machine: row.machine,
      kind: row.kind,
      from: row.from,
      controls: row.controls,
      remark,
      by: act.by,
      role: act.role,
      at: act.at,
    };
    const hash = createHash('sha256').update(JSON.stringify(signed)).digest('hex');
    return changed(ctx, row, { ended: { ...act, remark, hash }, open: false }, 'qa.returned');
  });
}

/** What keeps a machine from treating, what is planned, and the time it lost. */
export async function machineStatus(ctx: Context, machine: string): Promise<MachineStatusReply> {
  if (!isActive(machine)) throw new NotFound('machine');
  const now = ctx.now();
  const rows = await OutageModel.find({ machine }).sort({ from: -1 }).limit(PAST).lean();
  const calendar = await lostTimeCalendar(now);
  const all = rows.map((row) => presentOutage(row, now, calendar));
  const open = all.filter(({ ended, cancelled }) => ended === null && cancelled === null);
  const running = open.filter(({ from, to }) => Date.parse(from) <= now.getTime() && (to === null || Date.parse(to) > now.getTime()));
  const planned = open.filter(({ from }) => Date.parse(from) > now.getTime());
  const current = running.find(({ kind }) => kind === 'fault') ?? running[0] ?? null;
  return {
    machine,
    current,
    planned,
    past: all.filter((one) => one !== current && !planned.includes(one)),
    lostMin: await lostSince(machine, now, calendar),
    override: await overrideOf(machine, now),
  };
}

function onOpen(ctx: Context, id: string, act: (row: OutageRow) => Promise<Outage>): Promise<Outage> {
  return ctx.atomically('qa', async () => {
    const row = await OutageModel.findById(id).lean<OutageRow | null>();
    if (!row) throw new NotFound('outage');
    if (!row.open) refuse(ctx, [{ rule: 'outage_over' }]);
    return act(row);
  });
}

async function changed(ctx: Context, row: OutageRow, change: Partial<OutageRow>, action: string): Promise<Outage> {
  await OutageModel.updateOne({ _id: row._id }, { $set: change });
  return told(ctx, { ...row, ...change }, action);
}

/** Writes down what was declared, lights the machine by it and tells everybody. */
async function told(ctx: Context, row: OutageRow, action: string): Promise<Outage> {
  const outage = presentOutage(row, ctx.now(), await lostTimeCalendar(ctx.now()));
  await ctx.record({
    action,
    subject: `machine:${row.machine}`,
    details: { outage: outage.id, kind: row.kind },
    live: [{ topic: 'qa', type: 'qa:outage', data: { outage } }],
  });
  await relight(ctx, [row.machine]);
  return outage;
}

function presentOutage(row: OutageRow, now: Date, calendar: SiteCalendar): Outage {
  return {
    id: String(row._id),
    machine: row.machine,
    kind: row.kind,
    from: row.from.toISOString(),
    to: row.to?.toISOString() ?? null,
    why: row.why,
    declared: presentAct(row.declared),
    controls: row.controls.map(({ name, done }) => ({ name, done: presentMaybe(done) })),
    ended: row.ended && { ...presentAct(row.ended), remark: row.ended.remark, hash: row.ended.hash },
    cancelled: presentMaybe(row.cancelled),
    lostMin: lostMinutes(row, now, calendar),
  };
}

function refuse(ctx: Context, unmet: readonly Unmet[]): never {
  throw new RuleBroken('qa.outage', inWords(unmet, wordsOf(ctx.locale), machineName));
}
