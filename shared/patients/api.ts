import { endpoint } from '../http.ts';
import { IdParams, pageOf } from '../schemas.ts';
import { ChangePatient, CreatePatient, Patient, PatientsQuery } from './schemas.ts';

export const listPatientsCall = endpoint({
  method: 'get',
  path: '/api/patients',
  summary: 'Patients by name, page by page',
  query: PatientsQuery,
  reply: pageOf(Patient),
});

export const createPatientCall = endpoint({
  method: 'post',
  path: '/api/patients',
  summary: 'Creates a patient; 409 patient.exists or patient.similar',
  body: CreatePatient,
  reply: Patient,
  status: 201,
});

export const readPatientCall = endpoint({
  method: 'get',
  path: '/api/patients/:id',
  summary: 'One patient',
  params: IdParams,
  reply: Patient,
});

export const changePatientCall = endpoint({
  method: 'put',
  path: '/api/patients/:id',
  summary: "Corrects a patient's identity; 409 patient.changed, patient.exists or patient.similar",
  params: IdParams,
  body: ChangePatient,
  reply: Patient,
});
