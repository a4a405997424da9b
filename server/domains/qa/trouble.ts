import type { Machine } from '#shared/machines/schemas.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import type { LightRow } from './model.ts';
import { machineResolved, machineTurnedRed } from './signals.ts';
import { siteZone } from './site.ts';

/**
 * The name of the time in which a machine is red; null when it is not. It goes on while nobody knows the light, and however long nobody looked: one card
 * opens, one with the same reference resolves.
 */
export function referenceFor(
  machine: Pick<Machine, 'shortName'>,
  { last, light, at }: { last: Pick<LightRow, 'reference'> | null; light: LightColour; at: Date },
): string | null {
  if (light === 'unknown') return last?.reference ?? null;
  if (light !== 'red') return null;
  return last?.reference ?? `${machine.shortName}-${wallClockIn(siteZone(), at).slice(0, 19)}`.replaceAll(' ', '');
}

/** Tells that a machine turned red, or is red no longer. */
export async function tellTrouble(
  ctx: Context,
  machine: Pick<Machine, 'id' | 'name'>,
  { last, row }: { last: Pick<LightRow, 'reference'> | null; row: LightRow },
): Promise<void> {
  const before = last?.reference ?? null;
  if (before === row.reference) return;
  const about = { machine: { id: machine.id, name: machine.name }, reasons: row.reasons, at: row.asOf };
  if (row.reference) await machineTurnedRed.publish(ctx, { ...about, reference: row.reference });
  else if (before) await machineResolved.publish(ctx, { ...about, reference: before });
}
