import type { TopicEvent } from '../topics.ts';
import type { Dossier, DossierCard } from './schemas.ts';
import type { Status } from './statuses.ts';
import type { Workflow } from './workflow-schemas.ts';

/**
 * What happened to a dossier. On the topic `dossiers` it comes with the card, on `dossier:<id>` with the whole dossier too, on `wall` with
 * neither: a wall gets its own presentation.
 */
export interface DossierFact {
  card: DossierCard;
  dossier?: Dossier;
  /** Who did it, as the ring around a card says. */
  by: string;
  from?: Status;
}

/** Facts of the topics `dossiers` and `dossier:<id>`, and of `settings` for the workflow. */
export interface DossierEvents {
  'dossier:created': (event: TopicEvent<DossierFact>) => void;
  'dossier:moved': (event: TopicEvent<DossierFact>) => void;
  'dossier:changed': (event: TopicEvent<DossierFact>) => void;
  'workflow:changed': (event: TopicEvent<{ workflow: Workflow }>) => void;
}
