import { listDossiersCall } from '#shared/dossiers/api.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

const PAGE = 500;

/** The dossiers in treatment, live: which of them a machine holds is joined here. */
export class InTreatment {
  resource = new LiveResource<DossierCard[]>({ topics: ['dossiers'], load: readAll, apply: withCard });

  start(): () => void {
    return this.resource.start();
  }

  on(machine: string): DossierCard[] {
    return (this.resource.data ?? []).filter((card) => card.machine?.id === machine);
  }
}

async function readAll(signal: AbortSignal): Promise<DossierCard[]> {
  const cards: DossierCard[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(listDossiersCall, { query: { status: 'EN_TRAITEMENT', limit: PAGE, cursor } }, { signal });
    cards.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return cards;
}

/** The cards after a fact: only those in treatment stay, and none goes back to an older version. */
export function withCard(cards: DossierCard[], fact: Fact): DossierCard[] {
  if (fact.type !== 'dossier:created' && fact.type !== 'dossier:moved' && fact.type !== 'dossier:changed') return cards;
  const { card } = fact.data;
  const known = cards.find((one) => one.id === card.id);
  if (known && known.version > card.version) return cards;
  const others = cards.filter((one) => one !== known);
  return card.status === 'EN_TRAITEMENT' ? [...others, card] : others;
}
