import type { Machine, MachineRef } from '#shared/machines/schemas.ts';
import type { EventLog } from '#server/platform/events.ts';
import { MachineModel } from './model.ts';
import { inOrder, presentMachine, refOf } from './present.ts';

/** The registry as this process knows it. Every rule and presentation asks for machines: they must not wait for the database. */
const known = new Map<string, Machine>();

/**
 * Loads the registry into memory and follows its changes, those of other processes included.
 *
 * The topic's cursor is taken before the rows are read: what is changed in between arrives as an event, and the higher version wins.
 */
export async function loadRegistry(events: EventLog): Promise<void> {
  known.clear();
  events.listen((event) => {
    if (event.type === 'machine:changed') remember((event.data as { machine: Machine }).machine); // written by this domain's service only
  });
  events.emittedOr('machines', await events.revision('machines'));
  for (const machine of await readMachines()) remember(machine);
}

/** Every machine as it is in the database, in the order of lists. For answers that must not be older than a revision just seen. */
export async function readMachines(): Promise<Machine[]> {
  const rows = await MachineModel.find().lean();
  return inOrder(rows.map(presentMachine));
}

/** Name and swatch of a machine; null when there is none of that identifier. */
export function machineRef(id: string): MachineRef | null {
  const machine = known.get(id);
  return machine ? refOf(machine) : null;
}

/** The name of a machine; its identifier when there is none of that identifier. */
export function machineName(id: string): string {
  return known.get(id)?.name ?? id;
}

/** Whether a machine is in the registry and in service. */
export function isActive(id: string): boolean {
  return known.get(id)?.active ?? false;
}

/** Every machine, in the order of lists. */
export function allMachines(): Machine[] {
  return inOrder(known.values());
}

function remember(machine: Machine): void {
  const before = known.get(machine.id);
  if (!before || before.version <= machine.version) known.set(machine.id, machine);
}
