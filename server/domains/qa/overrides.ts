import { Types } from 'mongoose';
import { blocks, lightAt } from '#shared/qa/lights.ts';
import type { Light } from '#shared/qa/schemas.ts';
import type { Refusal } from '#shared/errors.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { nextMidnight } from '#shared/time.ts';
import { isActive, machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound, RuleBroken } from '#server/platform/errors.ts';
import { actOf } from './acts.ts';
import { LightModel, type LightRow } from './model.ts';
import { presentLight } from './present.ts';
import { OverrideModel, type OverrideRow } from './records-model.ts';
import { after, announceLight, lastRow } from './relight.ts';
import { openOverride, overrideOf } from './overrides-store.ts';
import { siteZone } from './site.ts';

/**
 * Asks that sessions may start although a machine is blocked. Nothing changes until a person of the other role (physicist, oncologist) confirms.
 *
 * @throws RuleBroken `qa.override` when the machine is not blocked, or somebody asked already.
 */
export function askOverride(ctx: Context, machine: string, { reason }: { reason: string }): Promise<Light> {
  return onMachine(ctx, machine, async (open) => {
    const light = lightAt(presented(await lastRow(machine)), machine, ctx.now());
    if (!blocks(light.light)) refuse(ctx, 'override_not_blocked');
    if (open) refuse(ctx, 'override_asked');
    const row: OverrideRow = {
      _id: new Types.ObjectId(),
      machine,
      reason,
      asked: actOf(ctx),
      confirmed: null,
      until: nextMidnight(siteZone(), ctx.now()),
      ended: null,
      open: true,
    };
    await OverrideModel.insertMany([row], { lean: true });
    await ctx.record({ action: 'qa.override-asked', subject: `machine:${machine}`, details: { light: light.light } });
  });
}

/**
 * Confirms an override: from now until the site's midnight sessions may start.
 *
 * @throws RuleBroken `qa.override` when nobody asked, or for a person or a role that asked himself.
 */
export function confirmOverride(ctx: Context, machine: string): Promise<Light> {
  return onMachine(ctx, machine, async (open) => {
    if (!open) return refuse(ctx, 'override_none');
    if (open.confirmed) return refuse(ctx, 'override_confirmed');
    if (open.asked.byId === ctx.actor.id) return refuse(ctx, 'override_same_person');
    if (open.asked.role === ctx.actor.role) return refuse(ctx, 'override_same_role');
    await OverrideModel.updateOne({ _id: open._id }, { $set: { confirmed: actOf(ctx) } });
    await ctx.record({ action: 'qa.override-confirmed', subject: `machine:${machine}`, details: { asked: open.asked.by } });
  });
}

/** Ends an override, or takes back that it was asked for. @throws RuleBroken `qa.override` when there is none. */
export function endOverride(ctx: Context, machine: string): Promise<Light> {
  return onMachine(ctx, machine, async (open) => {
    if (!open) return refuse(ctx, 'override_none');
    await OverrideModel.updateOne({ _id: open._id }, { $set: { ended: actOf(ctx), open: false } });
    await ctx.record({ action: 'qa.override-ended', subject: `machine:${machine}`, details: {} });
  });
}

async function onMachine(ctx: Context, machine: string, act: (open: OverrideRow | null) => Promise<void>): Promise<Light> {
  if (!isActive(machine)) throw new NotFound('machine');
  return ctx.atomically('qa', async () => {
    await act(await openOverride(machine, ctx.now()));
    return carryOverride(ctx, machine);
  });
}

/** The machine's light once more, with the override as it is now: it is shown everywhere the light is. */
async function carryOverride(ctx: Context, machine: string): Promise<Light> {
  const at = ctx.now();
  const last = await lastRow(machine);
  const row: LightRow = {
    ...(last && last.until > at ? last : { ...unknownRow(machine, at), reference: last?.reference ?? null }),
    _id: new Types.ObjectId(),
    asOf: after(last, at),
    override: await overrideOf(machine, at),
  };
  await LightModel.insertMany([row], { lean: true });
  announceLight(ctx, row);
  return presentLight(row);
}

function unknownRow(machine: string, at: Date): Omit<LightRow, '_id' | 'override'> {
  const nobody = { by: null, byId: null, role: null, reference: null, silentSince: null };
  return { machine, light: 'unknown', reasons: [], why: [], asOf: at, until: nextMidnight(siteZone(), at), set: 'hand', ...nobody };
}

const presented = (row: LightRow | null): Light | undefined => (row ? presentLight(row) : undefined);

function refuse(ctx: Context, rule: Refusal['rule']): never {
  throw new RuleBroken('qa.override', inWords([{ rule }], wordsOf(ctx.locale), machineName));
}
