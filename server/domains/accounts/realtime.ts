import { may } from '#shared/roles.ts';
import type { Presenters } from '#server/platform/realtime/presentation.ts';

/** Facts about people are for who manages them; other watchers of `settings` get the revision only. */
export const accountsPresenters = {
  'user:changed': (data, viewer) => (viewer.kind === 'role' && may(viewer.role, 'users:manage') ? data : undefined),
} satisfies Pick<Presenters, 'user:changed'>;
