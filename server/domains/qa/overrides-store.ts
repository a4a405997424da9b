import type { Override } from '#shared/qa/schemas.ts';
import { presentAct, presentMaybe } from './acts.ts';
import { OverrideModel, type OverrideRow } from './records-model.ts';

/** The override of a machine that holds or waits for the second person at an instant. */
export async function openOverride(machine: string, at: Date): Promise<OverrideRow | null> {
  return OverrideModel.findOne({ machine, open: true, until: { $gt: at } }).lean<OverrideRow | null>();
}

/** The overrides of some machines at an instant, as their lights carry them. */
export async function overridesOf(machines: readonly string[], at: Date): Promise<Map<string, Override>> {
  const rows = await OverrideModel.find({ machine: { $in: machines }, open: true, until: { $gt: at } }).lean();
  return new Map(rows.map((row) => [row.machine, presentOverride(row)]));
}

/** The same as a light carries it. */
export async function overrideOf(machine: string, at: Date): Promise<Override | null> {
  const row = await openOverride(machine, at);
  return row && presentOverride(row);
}

function presentOverride({ reason, asked, confirmed, until }: OverrideRow): Override {
  return { reason, asked: presentAct(asked), confirmed: presentMaybe(confirmed), until: until.toISOString() };
}
