import type { DossierFact } from '#shared/dossiers/events.ts';
import { may } from '#shared/roles.ts';
import type { Presenters, Viewer } from '#server/platform/realtime/presentation.ts';
import { cardFor, dossierFor } from './present.ts';

/** What a viewer may see of what happened to a dossier; a screen has its own facts. */
function factFor(fact: DossierFact, viewer: Viewer): DossierFact | undefined {
  if (viewer.kind === 'screen' || !may(viewer.role, 'dossiers:read')) return undefined;
  return {
    ...fact,
    card: cardFor(fact.card, viewer.role),
    ...(fact.dossier ? { dossier: dossierFor(fact.dossier, viewer.role) } : {}),
  };
}

export const dossiersPresenters = {
  'dossier:created': factFor,
  'dossier:moved': factFor,
  'dossier:changed': factFor,
  'workflow:changed': (fact, viewer) => (viewer.kind === 'role' && may(viewer.role, 'workflow:read') ? fact : undefined),
} satisfies Pick<Presenters, 'dossier:created' | 'dossier:moved' | 'dossier:changed' | 'workflow:changed'>;
