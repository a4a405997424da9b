import type { DossierCard } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import { listDossiers } from '#server/domains/dossiers/index.ts';
import type { Cast } from '../people.ts';
import type { BodyPart } from './anatomy.ts';
import type { Subject } from './subjects.ts';

/** What a dossier waits for in a status. */
const AWAITED: readonly (readonly [Status, Subject['awaited']])[] = [
  ['A_PREPARER', 'exams'],
  ['CONTOURS_VALIDES', 'contours'],
];

const BODY_PARTS: readonly (readonly [RegExp, BodyPart])[] = [
  [/sein|poumon/i, 'CHEST'],
  [/prostate|rectum|col|os/i, 'PELVIS'],
  [/orl|encéphale/i, 'HEAD'],
];

/** Who is to be scanned at the demo's site now: those whose exams are awaited and those whose contours are, by turns. */
export async function patientsToScan(cast: Cast): Promise<Subject[]> {
  const lists = await Promise.all(
    AWAITED.map(async ([status, awaited]) => {
      const { items } = await listDossiers(cast('technologist'), { status, limit: 50 });
      return items.map((card) => subjectOfCard(card, awaited));
    }),
  );
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list[turn] ?? [])).flat();
}

function subjectOfCard({ patient, pathology }: DossierCard, awaited: Subject['awaited']): Subject {
  const { ipp, lastName, firstName, birthDate, sex } = patient;
  const bodyPart = BODY_PARTS.find(([words]) => words.test(pathology ?? ''))?.[1];
  return { ipp, lastName, firstName, birthDate, sex, ...(awaited ? { awaited } : {}), ...(bodyPart ? { bodyPart } : {}) };
}
