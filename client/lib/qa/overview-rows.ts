import type { Machine } from '#shared/machines/schemas.ts';
import { blocks, gateOf, lightAt } from '#shared/qa/lights.ts';
import type { Overview } from '#shared/qa/page-schemas.ts';
import type { Light } from '#shared/qa/schemas.ts';

type Facts = Overview['machines'][number];

/** A machine as the overview shows it. */
export interface OverviewRow {
  machine: Machine;
  light: Light;
  types: Facts['types'];
  rate: number | null;
  latest: Facts['latest'];
  /** No source feeds it: a physicist sets its light. */
  byHand: boolean;
  /** No session may start on it now. */
  held: boolean;
}

/** The machines in service in the registry's order, each with its light at an instant (epoch ms): one that has ended is unknown. */
export function overviewRows(machines: Iterable<Machine>, overview: Overview, now: number): OverviewRow[] {
  const at = new Date(now);
  const facts = new Map(overview.machines.map((one) => [one.machine, one]));
  return [...machines]
    .filter((machine) => machine.active)
    .map((machine) => {
      const known = facts.get(machine.id);
      const light = lightAt(known?.light, machine.id, at);
      return {
        machine,
        light,
        types: known?.types ?? [],
        rate: known?.rate ?? null,
        latest: known?.latest ?? null,
        byHand: known?.light.set !== 'rules',
        held: blocks(gateOf(light, at)),
      };
    });
}

/** The overview with a light that was determined later than the one it has. */
export function withLight(overview: Overview, light: Light): Overview {
  const machines = overview.machines.map((one) => (one.machine === light.machine && !isLater(one.light, light) ? { ...one, light } : one));
  return { ...overview, machines };
}

/** Which machine is shown first: the one that keeps from treating, of those that are asked for controls. */
export function firstToShow(rows: readonly OverviewRow[]): string | undefined {
  const asked = rows.filter((row) => row.types.length > 0);
  return (asked.find((row) => row.held) ?? asked[0])?.machine.id;
}

function isLater(known: Light, other: Light): boolean {
  return known.asOf !== null && other.asOf !== null && Date.parse(known.asOf) > Date.parse(other.asOf);
}
