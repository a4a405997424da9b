import { Schema, model, type Types } from 'mongoose';
import { SEXES, type Patient } from '#shared/patients/schemas.ts';

/** The identity of a patient. `…Key`: as it is compared, searched and sorted; see `keys.ts`. */
export interface PatientRow extends Omit<Patient, 'id'> {
  _id: Types.ObjectId;
  ippKey: string;
  lastNameKey: string;
  firstNameKey: string;
  createdAt: Date;
}

const patientSchema = new Schema<PatientRow>(
  {
    version: { type: Number, required: true },
    ipp: { type: String, required: true },
    lastName: { type: String, required: true },
    firstName: { type: String, required: true },
    birthDate: { type: String, required: true },
    sex: { type: String, enum: SEXES, required: true },
    ippKey: { type: String, required: true },
    lastNameKey: { type: String, required: true },
    firstNameKey: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'patients' },
);
patientSchema.index({ ippKey: 1 }, { unique: true });
patientSchema.index({ lastNameKey: 1, _id: 1 });
patientSchema.index({ firstNameKey: 1, lastNameKey: 1 });
patientSchema.index({ birthDate: 1 });
export const PatientModel = model('Patient', patientSchema);
