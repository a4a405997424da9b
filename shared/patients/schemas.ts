import { z } from 'zod';
import { Day, Id, Line, PageQuery, Version } from '../schemas.ts';

export const SEXES = ['F', 'M', 'O', 'U'] as const;

/**
 * Identity of a patient. The last name is kept in capitals; `sex` is DICOM's F, M, O and U for unknown.
 * Source: `dossiers.md`, "Data kept".
 */
export const PatientFields = z.strictObject({
  ipp: z.string().trim().min(1).max(64),
  lastName: Line.transform((name) => name.toLocaleUpperCase('fr')),
  firstName: Line,
  birthDate: Day,
  sex: z.enum(SEXES),
});

export const CreatePatient = PatientFields.extend({ confirmed: z.boolean().optional() });
export type CreatePatient = z.infer<typeof CreatePatient>;

export const ChangePatient = PatientFields.extend({ version: Version, confirmed: z.boolean().optional() });
export type ChangePatient = z.infer<typeof ChangePatient>;

export const Patient = z.strictObject({
  id: Id,
  version: Version,
  ipp: z.string(),
  lastName: z.string(),
  firstName: z.string(),
  birthDate: Day,
  sex: z.enum(SEXES),
});
export type Patient = z.infer<typeof Patient>;

/** `q` searches the start of the IPP and of the names, without accents and case. */
export const PatientsQuery = PageQuery.extend({ q: z.string().trim().max(100).optional() });

/** Details of 409 `patient.similar`: who may be the same person. */
export const SimilarPatients = z.strictObject({ candidates: z.array(Patient) });
