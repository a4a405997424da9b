import type { Machine } from '#shared/machines/schemas.ts';
import { lightAt } from '#shared/qa/lights.ts';
import type { Light } from '#shared/qa/schemas.ts';

/** A machine with its light as it is now. */
export interface MachineLight {
  machine: Machine;
  light: Light;
}

/** The machines in service in the registry's order, each with its light at an instant (epoch ms): one that has ended is unknown. */
export function machineLights(machines: readonly Machine[], lights: readonly Light[], now: number): MachineLight[] {
  const at = new Date(now);
  const byMachine = new Map(lights.map((light) => [light.machine, light]));
  return machines
    .filter((machine) => machine.active)
    .map((machine) => ({ machine, light: lightAt(byMachine.get(machine.id), machine.id, at) }));
}
