import { ctSlice } from './ct.ts';
import { petSlice } from './pet.ts';
import { dose } from './rtdose.ts';
import { plan } from './rtplan.ts';
import { structureSet } from './rtstruct.ts';
import type { Study } from './study.ts';
import { SOP_CLASS } from './uids.ts';

/** The SOP classes a study may hold: what an association proposes to carry. */
export const SCANNER_SOP_CLASSES: readonly string[] = [SOP_CLASS.ct, SOP_CLASS.pet, SOP_CLASS.rtStruct, SOP_CLASS.rtPlan, SOP_CLASS.rtDose];

/** The objects of a study as DICOM files, each made when it is asked for: a study is never in memory as a whole. */
export function* objectsOf(study: Study): Generator<Buffer, void, void> {
  for (let slice = 0; slice < study.ct.slices; slice += 1) yield ctSlice(study, slice);
  if (study.kind === 'petct') for (let slice = 0; slice < study.pet.slices; slice += 1) yield petSlice(study, slice);
  if (study.kind === 'rt') {
    yield structureSet(study);
    yield plan(study);
    yield dose(study);
  }
}
