export const patients = {
  title: 'Patients',
};

export type PatientsMessages = typeof patients;
