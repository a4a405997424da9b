import type { Patient } from '#shared/patients/schemas.ts';
import type { PatientRow } from './model.ts';

/** A patient as the contract has him. */
export function presentPatient({ _id, version, ipp, lastName, firstName, birthDate, sex }: PatientRow): Patient {
  return { id: _id.toHexString(), version, ipp, lastName, firstName, birthDate, sex };
}

/** Initials for a wall, given name first: `P. R.` for ROUVIÈRE Paul. */
export function patientInitials({ lastName, firstName }: Pick<Patient, 'lastName' | 'firstName'>): string {
  return [firstName, lastName]
    .map((name) => /[\p{L}\p{N}]/u.exec(name)?.[0])
    .filter((letter) => letter !== undefined)
    .map((letter) => `${letter.toLocaleUpperCase('fr')}.`)
    .join(' ');
}
