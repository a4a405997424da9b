import { FIRST_NAMES, LAST_NAMES } from '../data.ts';
import { pick, seededRandom } from '#shared/random.ts';
import type { BodyPart } from './anatomy.ts';
import { seedOf } from './uids.ts';

/** Who is scanned, as the site knows him. */
export interface Subject {
  readonly ipp: string;
  readonly lastName: string;
  readonly firstName: string;
  /** `1957-03-14`. */
  readonly birthDate: string;
  readonly sex: 'F' | 'M' | 'O' | 'U';
  /** What his dossier waits for. */
  readonly awaited?: 'exams' | 'contours';
  readonly bodyPart?: BodyPart;
}

/** Of every five studies, the first three are of the patients in turn. */
const EVERY = 5;
const STRANGER = 3;
const MISTAKEN = 4;

/** The subject of a study: mostly one of the patients in turn; now and then somebody unknown, or a patient whose identity was keyed in wrongly. */
export function subjectOf(patients: readonly Subject[], seed: number, index: number): Subject {
  const random = seededRandom(seedOf(`subject/${seed}/${index}`));
  const turn = Math.floor(index / EVERY) * STRANGER + Math.min(index % EVERY, STRANGER);
  const patient = patients[turn % Math.max(1, patients.length)];
  if (!patient || index % EVERY === STRANGER) return stranger(random);
  return index % EVERY === MISTAKEN ? mistaken(patient, random) : patient;
}

/** As DICOM writes a name (PS3.5 6.2.1). `^`, `=` and `\` mean something there. */
export function personName({ lastName, firstName }: Pick<Subject, 'lastName' | 'firstName'>): string {
  return [lastName, firstName].map((part) => part.replace(/[\^=\\]/g, ' ').slice(0, 31)).join('^');
}

function stranger(random: () => number): Subject {
  const [firstName, sex] = pick(random, FIRST_NAMES);
  return {
    ipp: `99${String(Math.floor(random() * 1_000_000)).padStart(6, '0')}`,
    lastName: pick(random, LAST_NAMES).toLocaleUpperCase('fr'),
    firstName,
    birthDate: `${1938 + Math.floor(random() * 60)}-${two(1 + random() * 12)}-${two(1 + random() * 28)}`,
    sex,
  };
}

/** The right IPP, and a name or a birth date that is another's. */
function mistaken(patient: Subject, random: () => number): Subject {
  const other = pick(
    random,
    LAST_NAMES.map((name) => name.toLocaleUpperCase('fr')).filter((name) => name !== patient.lastName),
  );
  if (random() < 0.5) return { ...patient, lastName: other };
  return { ...patient, birthDate: `${Number(patient.birthDate.slice(0, 4)) - 10}${patient.birthDate.slice(4)}` };
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
