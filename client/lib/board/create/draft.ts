import { PatientFields, type SEXES } from '#shared/patients/schemas.ts';

/** A new patient while he is typed. */
export type PatientDraft = { ipp: string; lastName: string; firstName: string; birthDate: string; sex: (typeof SEXES)[number] };
export type PatientField = keyof PatientDraft;
export type FieldFault = 'required' | 'invalid' | 'future';

export const EMPTY_PATIENT: PatientDraft = { ipp: '', lastName: '', firstName: '', birthDate: '', sex: 'U' };

/** What is wrong with a new patient's fields, by the contract's own schema. */
export function draftFaults(draft: PatientDraft, today = new Date().toISOString().slice(0, 10)): Partial<Record<PatientField, FieldFault>> {
  const faults: Partial<Record<PatientField, FieldFault>> = {};
  const fields = Object.keys(EMPTY_PATIENT) as PatientField[]; // the keys of a const object are its type's keys
  const parsed = PatientFields.safeParse(draft);
  for (const issue of parsed.error?.issues ?? []) {
    const field = fields.find((one) => one === issue.path[0]);
    if (field) faults[field] = draft[field].trim() === '' ? 'required' : 'invalid';
  }
  if (!faults.birthDate && draft.birthDate > today) faults.birthDate = 'future';
  return faults;
}

export function tagsIn(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
}
