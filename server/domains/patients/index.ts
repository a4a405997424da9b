export { patientInitials } from './present.ts';
export { patientsPresenters } from './realtime.ts';
export { mountPatients } from './routes.ts';
export { createPatient, findPatient, findPatientByIpp, patientChanged, patientCreated } from './service.ts';
