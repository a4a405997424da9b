import { createDossierCall } from '#shared/dossiers/api.ts';
import type { Dossier, Priority } from '#shared/dossiers/schemas.ts';
import { createPatientCall } from '#shared/patients/api.ts';
import { SimilarPatients, type Patient } from '#shared/patients/schemas.ts';
import { ApiError, call } from '../../api/index.ts';
import { draftFaults, EMPTY_PATIENT, tagsIn, type FieldFault, type PatientField } from './draft.ts';

const EMPTY_DOSSIER = { machineId: '', protocol: '', pathology: '', referringPhysician: '', priority: 'normal' as Priority, tags: '' };
const MOST_TAGS = 20;
const TAG_LENGTH = 40;

/** What the form of a new dossier holds; entries stay whatever the server answers. */
export class Creation {
  way = $state<'existing' | 'fresh'>('existing');
  patient = $state.raw<Patient>();
  draft = $state({ ...EMPTY_PATIENT });
  dossier = $state({ ...EMPTY_DOSSIER });
  /** Who may be the same person, and what the server called it. */
  likeness = $state.raw<{ kind: 'exists' | 'similar'; candidates: readonly Patient[] }>();
  faults = $state.raw<Partial<Record<PatientField | 'patient' | 'tags', FieldFault>>>({});
  error = $state.raw<unknown>();
  busy = $state(false);

  get dirty(): boolean {
    return this.patient !== undefined || JSON.stringify([this.draft, this.dossier]) !== JSON.stringify([EMPTY_PATIENT, EMPTY_DOSSIER]);
  }

  choose(patient: Patient | undefined): void {
    this.patient = patient;
    this.likeness = undefined;
    this.faults = {};
    this.error = undefined;
  }

  /** Takes what was searched into the form of a new patient. */
  startFresh(searched: string): void {
    this.way = 'fresh';
    const text = searched.trim();
    if (/^[\d\s]+$/.test(text)) this.draft.ipp = text.replace(/\s/g, '');
    else if (this.draft.lastName === '') this.draft.lastName = text;
  }

  /** Creates the patient if he is new, then the dossier; undefined when something is to be corrected first. */
  async submit({ confirmed = false } = {}): Promise<Dossier | undefined> {
    if (this.busy) return undefined;
    this.faults = this.#check();
    this.error = undefined;
    if (Object.keys(this.faults).length > 0) return undefined;
    this.busy = true;
    try {
      // From here on he is an existing patient: a second try does not create him twice.
      this.patient ??= await call(createPatientCall, { body: { ...this.draft, ...(confirmed ? { confirmed } : {}) } });
      this.likeness = undefined;
      return await call(createDossierCall, { body: { patientId: this.patient.id, ...this.#fields() } });
    } catch (error) {
      this.#failed(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #check(): typeof this.faults {
    const faults: typeof this.faults = {};
    const tags = tagsIn(this.dossier.tags);
    if (tags.length > MOST_TAGS || tags.some((tag) => tag.length > TAG_LENGTH)) faults.tags = 'invalid';
    if (this.patient) return faults;
    if (this.way === 'existing') return { ...faults, patient: 'required' };
    return { ...faults, ...draftFaults(this.draft) };
  }

  #fields() {
    const { machineId, protocol, pathology, referringPhysician, priority, tags } = this.dossier;
    const given = (text: string) => (text.trim() === '' ? null : text.trim());
    return {
      machineId: given(machineId),
      protocol: given(protocol),
      pathology: given(pathology),
      referringPhysician: given(referringPhysician),
      priority,
      tags: tagsIn(tags),
    };
  }

  #failed(error: unknown): void {
    const kind = likenessOf(error);
    const found = kind && error instanceof ApiError ? SimilarPatients.safeParse(error.details) : undefined;
    if (kind && found?.success) this.likeness = { kind, candidates: found.data.candidates };
    else this.error = error;
  }
}

function likenessOf(error: unknown): 'exists' | 'similar' | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === 'patient.exists') return 'exists';
  return error.code === 'patient.similar' ? 'similar' : undefined;
}
