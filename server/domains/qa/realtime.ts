import type { Presenters } from '#server/platform/realtime/presentation.ts';

/** Lights and controls carry nothing of patients: every watcher sees them whole. */
export const qaPresenters = {
  'light:changed': (data) => data,
  'qa:source': (data) => data,
  'qa:period': (data) => data,
  'qa:outage': (data) => data,
  'qa:config': (data) => data,
} satisfies Pick<Presenters, 'light:changed' | 'qa:source' | 'qa:period' | 'qa:outage' | 'qa:config'>;
