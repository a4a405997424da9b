import type { Machine, MachineRef } from '#shared/machines/schemas.ts';
import type { MachineRow } from './model.ts';

/** A machine as the contract has it: what is absent is left out. */
export function presentMachine(row: MachineRow): Machine {
  const { _id, artiscanObjectId, status, dicom, ...fields } = row;
  return {
    ...fields,
    id: _id,
    dicom: { aeTitles: dicom.aeTitles, stationNames: dicom.stationNames, modelNames: dicom.modelNames },
    ...(artiscanObjectId === null ? {} : { artiscanObjectId }),
    status: {
      code: status.code,
      since: status.since.toISOString(),
      ...(status.by === null ? {} : { by: status.by }),
      ...(status.why === null ? {} : { why: status.why }),
    },
  };
}

/** A machine as others show it. */
export function refOf({ id, name, shortName, colour }: Machine): MachineRef {
  return { id, name, shortName, colour };
}

const byName = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' });

/** Machines in the order of every list: by name, numbers in it as numbers. */
export function inOrder(machines: Iterable<Machine>): Machine[] {
  return [...machines].sort((a, b) => byName.compare(a.name, b.name) || byName.compare(a.id, b.id));
}
