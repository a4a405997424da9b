import { may, type Right } from '#shared/roles.ts';
import type { Presenters, Viewer } from '#server/platform/realtime/presentation.ts';

/** Channels and their log are for who manages them; whether alerts leave, for those who must know. */
export const notificationsPresenters = {
  'alerts:channel': (data, viewer) => (holds(viewer, 'channels:manage') ? data : undefined),
  'alerts:channel-removed': (data, viewer) => (holds(viewer, 'channels:manage') ? data : undefined),
  'alerts:delivery': (data, viewer) => (holds(viewer, 'channels:manage') ? data : undefined),
  'alerts:health': (data, viewer) => (holds(viewer, 'alerts:health') ? data : undefined),
} satisfies Pick<Presenters, 'alerts:channel' | 'alerts:channel-removed' | 'alerts:delivery' | 'alerts:health'>;

function holds(viewer: Viewer, right: Right): boolean {
  return viewer.kind === 'role' && may(viewer.role, right);
}
