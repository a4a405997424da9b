import { signal } from '#server/platform/signal.ts';

/** A machine that turned red. `reference` is the same when it is resolved. Reasons in the site's language. */
export interface MachineRed {
  reference: string;
  machine: { id: string; name: string };
  reasons: string[];
  at: Date;
}

/** Domain event: a machine turned red. Published inside the act that lights it. */
export const machineTurnedRed = signal<MachineRed>('qa.machine-turned-red');
/** Domain event: a machine that was red is no longer. */
export const machineResolved = signal<MachineRed>('qa.machine-resolved');
