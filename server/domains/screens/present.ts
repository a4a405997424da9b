import type { PrivacyLevel, Screen, WallDossier } from '#shared/screens/schemas.ts';
import type { ScreenRow } from './model.ts';

/** A screen as an administrator sees it. */
export function presentScreen({ _id, version, name, level, openedBy, openedAt, lastSeenAt, closed }: ScreenRow): Screen {
  return {
    id: _id.toHexString(),
    version,
    name,
    level,
    openedBy,
    openedAt: openedAt.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    closed,
  };
}

/** A dossier as a wall of a privacy level may show it: at 0 it is only counted. */
export function atLevel(dossier: WallDossier, level: PrivacyLevel): WallDossier {
  return level === 0 ? { ...dossier, number: null, initials: null } : dossier;
}
