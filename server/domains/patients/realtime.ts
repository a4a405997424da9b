import { may } from '#shared/roles.ts';
import type { Presenters, Viewer } from '#server/platform/realtime/presentation.ts';

/** Identities are for who may read patients; a screen never may. */
export const patientsPresenters = {
  'patient:created': (data, viewer) => (mayRead(viewer) ? data : undefined),
  'patient:changed': (data, viewer) => (mayRead(viewer) ? data : undefined),
} satisfies Pick<Presenters, 'patient:created' | 'patient:changed'>;

function mayRead(viewer: Viewer): boolean {
  return viewer.kind === 'role' && may(viewer.role, 'patients:read');
}
