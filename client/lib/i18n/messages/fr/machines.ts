export const machines = {
  title: 'Machines',
};

export type MachinesMessages = typeof machines;
