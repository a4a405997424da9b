import { pick, seededRandom } from '#shared/random.ts';
import { SITES, type Point, type Site } from './anatomy.ts';
import type { Subject } from './subjects.ts';
import { seedOf, simulatedUid } from './uids.ts';

/** What a study holds: a planning CT; the same with its structures, plan and dose; a PET with its CT. */
export type StudyKind = 'ct' | 'rt' | 'petct';

/** Where the slices lie: all that geometry needs, in millimetres. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  /** Between the centres of pixels, alike in both directions. */
  readonly spacing: number;
  readonly thickness: number;
  /** Centre of the first pixel of the lowest slice. */
  readonly origin: Point;
}

/** A study to be simulated: everything its objects are made from, the same for the same seed, number, time and subject. */
export interface Study {
  readonly name: string;
  readonly kind: StudyKind;
  readonly at: Date;
  readonly subject: Subject;
  readonly site: Site;
  readonly ct: Grid;
  readonly pet: Grid;
  readonly weightKg: number;
  readonly station: string;
  readonly accession: string;
}

/** What a study comes from. */
export interface StudyWish {
  readonly seed: number;
  readonly index: number;
  readonly at: Date;
  readonly subject: Subject;
  readonly station: string;
  /** Slices of each CT; 40 to 79 when not given. */
  readonly slices?: number;
}

/** Decides what a study holds. Its time is part of its name: the next day's study of the same number is another. */
export function planStudy({ seed, index, at, subject, station, slices }: StudyWish): Study {
  const name = `${seed}/${at.toISOString()}/${index}/${subject.ipp}`;
  const random = seededRandom(seedOf(name));
  const count = slices ?? 40 + Math.floor(random() * 40);
  const site = SITES.find(({ bodyPart }) => bodyPart === subject.bodyPart) ?? pick(random, SITES);
  return {
    name,
    kind: kindOf(subject, index),
    at,
    subject,
    site,
    ct: grid(256, site.bodyPart === 'HEAD' ? 1.171875 : 1.953125, count, 3),
    pet: grid(128, site.bodyPart === 'HEAD' ? 2.34375 : 4.0625, Math.max(4, Math.round((count * 3) / 4)), 4),
    weightKg: Math.round(48 + random() * 50),
    station,
    accession: `SIM${String(seedOf(name) % 10_000_000).padStart(7, '0')}`,
  };
}

/** Whose exams are awaited gets images; whose contours are, structures; anybody else either, in turn. */
function kindOf({ awaited }: Subject, index: number): StudyKind {
  if (index % 4 === 3 && awaited !== 'contours') return 'petct';
  return awaited === 'contours' || (awaited === undefined && index % 4 === 1) ? 'rt' : 'ct';
}

/** The UID of a part of a study: `series/ct`, `ct/12`. */
export function uidOf(study: Study, part: string): string {
  return simulatedUid(`${study.name}/${part}`);
}

/** Height of a slice. */
export function sliceZ(lie: Grid, slice: number): number {
  return lie.origin[2] + slice * lie.thickness;
}

function grid(size: number, spacing: number, slices: number, thickness: number): Grid {
  const edge = (-(size - 1) / 2) * spacing;
  return { rows: size, columns: size, slices, spacing, thickness, origin: [edge, edge, -Math.floor(slices / 2) * thickness] };
}
