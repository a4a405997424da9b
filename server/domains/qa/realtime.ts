import type { Presenters } from '#server/platform/realtime/presentation.ts';

/** Lights carry nothing of patients: every watcher sees them whole. */
export const qaPresenters = {
  'light:changed': (data) => data,
} satisfies Pick<Presenters, 'light:changed'>;
