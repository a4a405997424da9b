import { attachStudyCall, listUnattachedCall } from '#shared/pacs/api.ts';
import type { Study } from '#shared/pacs/schemas.ts';
import { listDossiersCall } from '#shared/dossiers/api.ts';
import type { DossierCard } from '#shared/dossiers/schemas.ts';
import { listPatientsCall, readPatientCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { call, failureText } from '../api/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { withStudies } from './archive.svelte.ts';

const MOST = 200;
const TYPING_MS = 200;
const FOUND = 8;

/** The studies that no dossier took, live. */
export class Unattached {
  resource = new LiveResource<Study[]>({
    topics: ['pacs'],
    load: async (signal) => (await call(listUnattachedCall, { query: { limit: MOST } }, { signal })).items,
    apply: (studies, fact) => withStudies(studies, fact, (study) => study.attachment.state === 'waiting'),
  });

  start(): () => void {
    return this.resource.start();
  }

  /** Takes off what an own act attached. */
  drop(uid: string): void {
    this.resource.set((this.resource.data ?? []).filter((study) => study.uid !== uid));
  }
}

/** Whose dossier a study belongs to: a patient is looked for, then one of his dossiers is taken. */
export class Attaching {
  text = $state('');
  found = $state.raw<readonly Patient[]>();
  patient = $state.raw<Patient>();
  dossiers = $state.raw<readonly DossierCard[]>();
  failure = $state<string>();
  /** The dossier that is being attached to. */
  busy = $state<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  /** Begins with our patient of the study's IPP, when there is one. */
  begin(patient: string | null): void {
    if (patient !== null) void this.#try(async () => this.#take(await call(readPatientCall, { params: { id: patient } })));
  }

  typed(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (text.trim() === '') this.found = undefined;
    else this.#timer = setTimeout(() => void this.#try(() => this.#search(text.trim())), TYPING_MS);
  }

  choose(patient: Patient): void {
    void this.#try(() => this.#take(patient));
  }

  again(): void {
    this.patient = undefined;
    this.dossiers = undefined;
    this.failure = undefined;
  }

  async attach(uid: string, dossier: string): Promise<Study | undefined> {
    if (this.busy !== undefined) return undefined;
    this.busy = dossier;
    const done: { study?: Study } = {};
    await this.#try(async () => {
      done.study = await call(attachStudyCall, { params: { uid }, body: { dossierId: dossier } });
    });
    this.busy = undefined;
    return done.study;
  }

  async #search(q: string): Promise<void> {
    const turn = ++this.#turn;
    const page = await call(listPatientsCall, { query: { q, limit: FOUND } });
    if (turn === this.#turn) this.found = page.items;
  }

  async #take(patient: Patient): Promise<void> {
    this.patient = patient;
    this.dossiers = undefined;
    const page = await call(listDossiersCall, { query: { patient: patient.id } });
    if (this.patient === patient) this.dossiers = page.items.toSorted((a, b) => b.number - a.number);
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.failure = undefined;
    try {
      await act();
    } catch (error) {
      this.failure = failureText(error);
    }
  }
}
