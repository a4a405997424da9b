import { changePatientCall, createPatientCall, readPatientCall } from '#shared/patients/api.ts';
import { Patient, SimilarPatients } from '#shared/patients/schemas.ts';
import { ApiError, call, failureText } from '../api/index.ts';
import { currentIn, mergedWith } from '../forms/current.ts';
import { m } from '../i18n/index.ts';

/** What a person types of an identity. */
export interface Identity {
  ipp: string;
  lastName: string;
  firstName: string;
  birthDate: string;
  sex: Patient['sex'];
}

export type IdentityField = keyof Identity;
type Problem = 'required' | 'tooLong' | 'badDay' | 'future' | 'tooOld' | 'exists';

/** How a form reaches the server; a test gives its own. */
export interface PatientCalls {
  create: (identity: Identity, confirmed: boolean) => Promise<Patient>;
  change: (id: string, identity: Identity, version: number, confirmed: boolean) => Promise<Patient>;
  read: (id: string) => Promise<Patient>;
}

const NOBODY: Identity = { ipp: '', lastName: '', firstName: '', birthDate: '', sex: 'U' };
export const FIELDS = ['ipp', 'lastName', 'firstName', 'birthDate', 'sex'] as const satisfies readonly IdentityField[];
const LONGEST: Record<'ipp' | 'lastName' | 'firstName', number> = { ipp: 64, lastName: 200, firstName: 200 };
/** Older than anybody: a slip of the key. */
const OLDEST_YEAR = 1900;

/**
 * The form of a patient's identity, new or to correct.
 *
 * What was typed is kept through every refusal. A possible double (409 `patient.similar`) is shown and saved only when a person says that it is
 * somebody else; an identity that somebody else changed meanwhile is shown beside one's own.
 */
export class PatientForm {
  fields = $state<Identity>({ ...NOBODY });
  /** The stored patient that is corrected; undefined for a new one. */
  stored = $state.raw<Patient>();
  /** Who may be the same person, as the server found them. */
  similar = $state.raw<Patient[]>([]);
  /** The patient as somebody else left him while this form was open. */
  newer = $state.raw<Patient>();
  failure = $state<string>();
  busy = $state(false);
  #problems = $state<Partial<Record<IdentityField, Problem>>>({});
  #calls: PatientCalls;
  #now: () => number;

  constructor(stored?: Patient, calls: PatientCalls = server, now: () => number = Date.now) {
    this.#calls = calls;
    this.#now = now;
    if (stored) this.follow(stored);
  }

  /** Something was typed that is not stored. */
  get dirty(): boolean {
    const base: Identity = this.stored ?? NOBODY;
    return FIELDS.some((field) => this.fields[field] !== base[field]);
  }

  /** What is wrong with a field, in words. */
  error(field: IdentityField): string | undefined {
    const problem = this.#problems[field];
    return problem && m.patients[problem];
  }

  /** Takes over a patient's stored identity; a correction under way is kept and compared when it is saved. */
  follow(stored: Patient): void {
    if (this.stored?.id === stored.id && (this.dirty || stored.version <= this.stored.version)) return;
    this.#start(stored);
  }

  /** Saves; `confirmed`: a person compared the similar patients and says that this is somebody else. Undefined when nothing was saved. */
  async save(confirmed = false): Promise<Patient | undefined> {
    if (this.busy) return undefined;
    this.failure = undefined;
    this.newer = undefined;
    this.#problems = problemsIn(this.fields, this.#now());
    if (Object.keys(this.#problems).length > 0) return undefined;
    this.busy = true;
    try {
      const saved = await this.#send(confirmed);
      this.#start(saved);
      return saved;
    } catch (error) {
      await this.#refused(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** After a conflict: gives up what was typed. */
  takeStored(): void {
    if (this.newer) this.#start(this.newer);
  }

  /** After a conflict: what was typed stands, now written over what the person has seen. */
  keepMine(): void {
    this.stored = this.newer;
    this.newer = undefined;
  }

  /** Back to what is stored, or to an empty form. */
  reset(): void {
    this.#start(this.stored);
  }

  #start(patient: Patient | undefined): void {
    this.stored = patient;
    this.fields = identityOf(patient ?? NOBODY);
    this.similar = [];
    this.newer = undefined;
    this.failure = undefined;
    this.#problems = {};
  }

  #send(confirmed: boolean): Promise<Patient> {
    const identity = identityOf(this.fields);
    return this.stored
      ? this.#calls.change(this.stored.id, identity, this.stored.version, confirmed)
      : this.#calls.create(identity, confirmed);
  }

  async #refused(error: unknown): Promise<void> {
    this.similar = [];
    if (!(error instanceof ApiError)) {
      this.failure = failureText(error);
      return;
    }
    const candidates = SimilarPatients.safeParse(error.details);
    if (error.code === 'patient.similar' || error.code === 'patient.exists') this.similar = candidates.data?.candidates ?? [];
    if (error.code === 'patient.exists') this.#problems = { ipp: 'exists' };
    else if (error.code === 'patient.changed') await this.#compare(error.details);
    else if (this.similar.length === 0) this.failure = failureText(error);
  }

  async #compare(details: unknown): Promise<void> {
    const current = Patient.safeParse(currentIn(details));
    if (!this.stored) return;
    try {
      const newer = current.success ? current.data : await this.#calls.read(this.stored.id);
      this.fields = mergedWith(identityOf(this.fields), identityOf(this.stored), identityOf(newer));
      this.newer = newer;
    } catch (error) {
      this.failure = failureText(error);
    }
  }
}

function identityOf(from: Identity): Identity {
  return {
    ipp: from.ipp.trim(),
    lastName: from.lastName.trim(),
    firstName: from.firstName.trim(),
    birthDate: from.birthDate,
    sex: from.sex,
  };
}

function problemsIn(fields: Identity, now: number): Partial<Record<IdentityField, Problem>> {
  const problems: Partial<Record<IdentityField, Problem>> = {};
  for (const field of ['ipp', 'lastName', 'firstName'] as const) {
    const length = fields[field].trim().length;
    if (length === 0) problems[field] = 'required';
    if (length > LONGEST[field]) problems[field] = 'tooLong';
  }
  const day = dayProblem(fields.birthDate, now);
  if (day) problems.birthDate = day;
  return problems;
}

function dayProblem(day: string, now: number): Problem | undefined {
  if (day === '') return 'required';
  const at = Date.parse(`${day}T00:00:00Z`);
  // 31 February is read as 3 March: a day that exists comes back as it was written.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) return 'badDay';
  if (at > now) return 'future';
  return Number(day.slice(0, 4)) < OLDEST_YEAR ? 'tooOld' : undefined;
}

const server: PatientCalls = {
  create: (identity, confirmed) => call(createPatientCall, { body: { ...identity, ...(confirmed && { confirmed }) } }),
  change: (id, identity, version, confirmed) =>
    call(changePatientCall, { params: { id }, body: { ...identity, version, ...(confirmed && { confirmed }) } }),
  read: (id) => call(readPatientCall, { params: { id } }),
};
