import type { MachinesMessages } from '../fr/machines.ts';

export const machines: MachinesMessages = {
  title: 'Machines',
  caption: 'Light of every machine in service, now',
  columns: { machine: 'Machine', light: 'Light', reason: 'Reason', since: 'Set', until: 'Until', by: 'By', set: 'Set the light' },
  empty: 'No machine in service. The administrator enters them in the registry.',
  notSet: 'No light set today. The machine does not treat without one.',
  midnight: 'midnight',
  blocking: (n, one) => (one ? `${n} machine not treating` : `${n} machines not treating`),
  allTreat: 'Every machine treats',
  set: (light, machine) => `${machine}: set ${light.toLowerCase()}`,
  setTitle: (machine) => `Light of ${machine}, until midnight`,
  chooseReason: 'Reason in one tap',
  reason: 'Another reason',
  reasonMissing: 'Give the reason: every screen shows it.',
  save: 'Set this light',
  said: (machine, light) => `${machine}: ${light.toLowerCase()}`,
  presets: {
    green: ['Daily check passed', 'Check repeated, passed', 'Back in service'],
    amber: ['Weekly check due tonight', 'Drift to watch', 'Monthly check due'],
    red: ['Daily check failed', 'Breakdown', 'Daily check not done'],
  },
  kinds: { linac: 'Linear accelerator', tomotherapy: 'Tomotherapy', ct: 'CT', petct: 'PET-CT', spect: 'Gamma camera', spectct: 'SPECT-CT' },
  statuses: { available: 'Available', degraded: 'Degraded', down: 'Down', maintenance: 'Maintenance' },
  qaTypes: { CQQ: 'Daily', CQH: 'Weekly', CQM: 'Monthly', CQS: 'Half-yearly' },
};
