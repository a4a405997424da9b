import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import { lightAt } from '#shared/qa/lights.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import type { Light, SetLight } from '#shared/qa/schemas.ts';
import { nextMidnight, startOfDay } from '#shared/time.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import { litByRules } from './facts.ts';
import { LightModel, type LightRow } from './model.ts';
import { overrideOf } from './overrides-store.ts';
import { presentLight } from './present.ts';
import { after, announceLight, lastRow } from './relight.ts';
import { siteZone } from './site.ts';
import { readSource } from './source-store.ts';
import { referenceFor, tellTrouble } from './trouble.ts';

/** The light of a machine at an instant that is now; unknown when nobody set one or it has ended. */
export async function currentLight(machineId: string, at: Date): Promise<Light> {
  return lightAt(await lastLight({ machine: machineId }), machineId, at);
}

/** The light of every active machine at an instant that is now. Only the last one of each counts, whatever an earlier one may have promised. */
export async function currentLights(at: Date): Promise<Light[]> {
  // A light ends at midnight at the latest: whose last one lies before these has none that holds.
  const rows = await LightModel.find({ until: { $gt: new Date(at.getTime() - RECENT_MS) } })
    .sort({ asOf: 1, _id: 1 })
    .lean();
  const last = new Map(rows.map((row) => [row.machine, row]));
  return ofActiveMachines(async (machine) => {
    const row = last.get(machine);
    return row ? lightAt(presentLight(row), machine, at) : currentLight(machine, at);
  });
}
const RECENT_MS = 48 * 3_600_000;

/** The last light of every active machine on a day of the site (`2026-11-20`); unknown when nobody set one that day. */
export async function lightsOfDay(day: string): Promise<Light[]> {
  const from = startOfDay(siteZone(), day);
  const to = nextMidnight(siteZone(), from);
  return ofActiveMachines(async (machine) => {
    const last = await lastLight({ machine, asOf: { $gte: from, $lt: to } });
    return last ?? lightAt(undefined, machine, from);
  });
}

/**
 * Sets a machine's light by hand until the site's next midnight. The former light stays in the history.
 *
 * @throws NotFound for a machine that is not in the registry; Conflict `light.source` where the rules of quality control determine the light, or what was
 * declared keeps the machine from treating.
 */
export async function setLight(ctx: Context, machineId: string, { light, reason }: z.output<typeof SetLight>): Promise<Light> {
  const machine = allMachines().find(({ id }) => id === machineId);
  if (!machine) throw new NotFound('machine');
  return ctx.atomically('qa', async () => {
    const last = await lastRow(machineId);
    await refuseWhereRulesHold(machine, last, ctx.now());
    const at = after(last, ctx.now());
    const row: LightRow = {
      _id: new Types.ObjectId(),
      machine: machineId,
      light,
      reasons: [reason],
      why: [],
      asOf: at,
      until: nextMidnight(siteZone(), at),
      set: 'hand',
      silentSince: null,
      override: await overrideOf(machineId, at),
      reference: referenceFor(machine, { last, light, at }),
      by: ctx.actor.name,
      byId: ctx.actor.id,
      role: ctx.actor.role,
    };
    await LightModel.insertMany([row], { lean: true });
    await ctx.record({ action: 'light.set', subject: `machine:${machineId}`, details: { light } });
    announceLight(ctx, row);
    await tellTrouble(ctx, machine, { last, row });
    return presentLight(row);
  });
}

async function refuseWhereRulesHold(machine: Machine, last: LightRow | null, now: Date): Promise<void> {
  const declared = last?.set === 'rules' && last.until > now && last.light !== 'unknown';
  if (declared || litByRules(machine, await readSource())) throw new Conflict('light.source');
}

async function lastLight(filter: QueryFilter<LightRow>): Promise<Light | undefined> {
  const row = await LightModel.findOne(filter).sort({ asOf: -1, _id: -1 }).lean();
  return row ? presentLight(row) : undefined;
}

/** One after another: inside an act the transaction's session takes one command at a time. */
async function ofActiveMachines(find: (machine: string) => Promise<Light>): Promise<Light[]> {
  const lights: Light[] = [];
  for (const machine of allMachines()) if (machine.active) lights.push(await find(machine.id));
  return lights;
}
