import { may } from '#shared/roles.ts';
import type { Presenters } from '#server/platform/realtime/presentation.ts';
import { atLevel } from './present.ts';

/** Walls see dossiers at their privacy level, users as a wall of level 1; screens themselves are for who manages them. */
export const screensPresenters = {
  'screen:changed': (data, viewer) => (viewer.kind === 'role' && may(viewer.role, 'screens:manage') ? data : undefined),
  'wall:dossier': (data, viewer) => ({ ...data, dossier: atLevel(data.dossier, viewer.kind === 'screen' ? viewer.level : 1) }),
} satisfies Pick<Presenters, 'screen:changed' | 'wall:dossier'>;
