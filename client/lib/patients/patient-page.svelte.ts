import { listDossiersCall } from '#shared/dossiers/api.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { readPatientCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { PatientForm } from './patient-form.svelte.ts';

/** One patient with his dossiers, open and closed. */
export class PatientPage {
  form = new PatientForm();
  patient: LiveResource<Patient>;
  dossiers: LiveResource<DossierCard[]>;

  constructor(id: string) {
    this.patient = new LiveResource<Patient>({
      topics: ['patients'],
      load: (signal) => call(readPatientCall, { params: { id } }, { signal }),
      apply: (patient, fact) => (isChangeOf(patient, fact) ? fact.data.patient : patient),
    });
    this.dossiers = new LiveResource<DossierCard[]>({
      topics: ['dossiers'],
      load: (signal) => dossiersOf(id, signal),
      apply: (cards, fact) => withCard(cards, fact, id),
    });
  }

  start(): () => void {
    const ends = [this.patient.start(), this.dossiers.start()];
    return () => ends.forEach((end) => end());
  }
}

type PatientChanged = Extract<Fact, { type: 'patient:changed' }>;

function isChangeOf(patient: Patient, fact: Fact): fact is PatientChanged {
  return fact.type === 'patient:changed' && fact.data.patient.id === patient.id && fact.data.patient.version > patient.version;
}

/** A list without a status leaves closed dossiers out: they are asked for by name. */
async function dossiersOf(patient: string, signal: AbortSignal): Promise<DossierCard[]> {
  const [open, closed] = await Promise.all([
    call(listDossiersCall, { query: { patient } }, { signal }),
    call(listDossiersCall, { query: { patient, status: 'CLOTURE' } }, { signal }),
  ]);
  return inOrder([...open.items, ...closed.items]);
}

function withCard(cards: DossierCard[], fact: Fact, patient: string): DossierCard[] {
  if (fact.type !== 'dossier:created' && fact.type !== 'dossier:moved' && fact.type !== 'dossier:changed') return cards;
  const { card } = fact.data;
  if (card.patient.id !== patient) return cards;
  const known = cards.find((one) => one.id === card.id);
  if (known && known.version >= card.version) return cards;
  return inOrder([...cards.filter((one) => one !== known), card]);
}

function inOrder(cards: DossierCard[]): DossierCard[] {
  return cards.toSorted((a, b) => b.number - a.number);
}
