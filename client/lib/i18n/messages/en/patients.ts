import type { PatientsMessages } from '../fr/patients.ts';

export const patients: PatientsMessages = {
  title: 'Patients',
};
