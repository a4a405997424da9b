import type { TopicEvent } from '../topics.ts';
import type { Screen, WallDossier } from './schemas.ts';

/** What changed of a dossier for a wall; `closedThisMonth` when that changed with it. */
export interface WallDossierFact {
  dossier: WallDossier;
  closedThisMonth?: number;
}

/** Facts of the topic `screens`, and those that only the topic `wall` has; `wall` also carries `light:changed` and `machine:changed`. */
export interface ScreenEvents {
  'screen:changed': (event: TopicEvent<{ screen: Screen }>) => void;
  'wall:dossier': (event: TopicEvent<WallDossierFact>) => void;
}
