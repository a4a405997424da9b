import type { PlainTopic } from '#shared/realtime.ts';
import type { Right } from '#shared/roles.ts';

/** The right that watching a topic takes; `session`: everybody who is signed in, for what is his own. */
export const TOPIC_RIGHTS: Readonly<Record<PlainTopic | 'dossier' | 'study', Right | 'session'>> = {
  dossiers: 'dossiers:read',
  dossier: 'dossiers:read',
  patients: 'patients:read',
  machines: 'machines:read',
  qa: 'qa:read',
  pacs: 'pacs:monitor',
  study: 'pacs:images',
  settings: 'workflow:read',
  notifications: 'session',
  screens: 'screens:manage',
  wall: 'wall:read',
};
