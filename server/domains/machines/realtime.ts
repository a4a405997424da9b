import type { Presenters } from '#server/platform/realtime/presentation.ts';

/** Machines carry nothing of people: every watcher sees them whole. */
export const machinesPresenters = {
  'machine:changed': (data) => data,
} satisfies Pick<Presenters, 'machine:changed'>;
