import type { MachinesMessages } from '../fr/machines.ts';

export const machines: MachinesMessages = {
  title: 'Machines',
};
