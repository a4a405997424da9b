import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';

let count = 0;

/** A card for tests; what is not given is ordinary. */
export function aCard(given: Partial<DossierCard> = {}): DossierCard {
  count += 1;
  return {
    id: count.toString(16).padStart(24, '0'),
    number: count,
    version: 1,
    status: 'A_PREPARER',
    enteredAt: '2026-11-20T08:00:00.000Z',
    createdAt: '2026-11-20T08:00:00.000Z',
    dueAt: null,
    priority: 'normal',
    patient: { id: 'a'.repeat(24), ipp: '30418227', lastName: 'ROUVIÈRE', firstName: 'Éloïse', birthDate: '1958-03-02', sex: 'F' },
    machine: { id: 'versa-1', name: 'Versa HD 1', shortName: 'Versa 1', colour: '#0288D1' },
    protocol: null,
    pathology: 'Sein G',
    referringPhysician: 'Dr Nadeau',
    tags: [],
    clearance: { prescription: 'signed', dosimetryQaSigned: true, oncologistSigned: true, machine: 'versa-1' },
    blocked: [],
    sessions: { done: 0, prescribed: null },
    ...given,
  };
}

/** The whole dossier of a card, as a call answers with it. */
export function aDossier(card: DossierCard, undoUntil: string | null = null): Dossier {
  return {
    ...card,
    items: [],
    signatures: [],
    prescription: null,
    plan: null,
    sessionList: [],
    path: [],
    createdBy: 'Inès Moreau',
    proposals: [],
    undoUntil,
  };
}
