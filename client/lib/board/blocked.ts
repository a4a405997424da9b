import type { Refusal } from '#shared/errors.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { blockedBy, hardRulesApply, type Unmet } from '#shared/dossiers/workflow.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { gateOf, lightAt, overridden } from '#shared/qa/lights.ts';
import type { LightState } from '../ui/light.ts';

export type LightTable = ReadonlyMap<string, Light>;

/** The instants at which something becomes blocked, or a light unknown, by itself; in order. Between two of them nothing changes by time alone. */
export function boundariesOf(cards: Iterable<DossierCard>, lights: LightTable | undefined): number[] {
  const instants = [...(lights?.values() ?? [])].map((light) => light.until);
  for (const card of cards) instants.push(card.dueAt);
  return instants.flatMap((instant) => (instant === null ? [] : [Date.parse(instant)])).sort((a, b) => a - b);
}

/** The last boundary that has passed: blocked is computed as of then, which is the same as now. */
export function lastPassed(boundaries: readonly number[], now: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boundaries[middle] ?? 0) <= now) low = middle + 1;
    else high = middle;
  }
  return boundaries[low - 1] ?? 0;
}

/** What blocks a card at an instant. Until the lights are known, what the server said with the card. */
export function blockersOf(card: DossierCard, lights: LightTable | undefined, at: number): readonly (Unmet | Refusal)[] {
  if (card.status === 'CLOTURE') return [];
  if (!lights) return card.blocked;
  const machine = card.clearance.machine ?? '';
  const when = new Date(at);
  return blockedBy(card, gateOf(lightAt(lights.get(machine), machine, when), when), when);
}

export type MachineMark = 'override' | 'silent';

/** What is to be known of the machine of a dossier that is treated, or is about to be: an override in force, or a silent source. */
export function machineMarkOf(card: DossierCard, lights: LightTable | undefined, at: number): MachineMark | undefined {
  const light = hardRulesApply(card.status) ? lights?.get(card.clearance.machine ?? '') : undefined;
  if (!light) return undefined;
  if (overridden(light, new Date(at))) return 'override';
  return light.silentSince === null ? undefined : 'silent';
}

/** The mark beside a reason: a light that nobody knows is unknown, all others are late. */
export function markOf(reason: Unmet): LightState {
  return reason.rule === 'qa_machine_jour' && reason.params?.light === 'unknown' ? 'lost' : 'late';
}
