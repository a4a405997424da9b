import { listMachinesCall } from '#shared/machines/api.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

/** The registry of machines, inactive ones included; others' changes show by themselves. */
export class MachinesRegistry {
  resource = new LiveResource<Machine[]>({
    topics: ['machines'],
    load: (signal) => call(listMachinesCall, {}, { signal }),
    apply: withMachine,
  });

  start(): () => void {
    return this.resource.start();
  }

  /** Puts in what an own act answered. */
  put(machine: Machine): void {
    this.resource.set(merged(this.resource.data ?? [], machine));
  }
}

function withMachine(machines: Machine[], fact: Fact): Machine[] {
  return fact.type === 'machine:changed' ? merged(machines, fact.data.machine) : machines;
}

function merged(machines: Machine[], machine: Machine): Machine[] {
  const known = machines.find((one) => one.id === machine.id);
  if (!known) return [...machines, machine];
  return known.version > machine.version ? machines : machines.map((one) => (one === known ? machine : one));
}
