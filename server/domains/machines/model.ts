import { Schema, model } from 'mongoose';
import { MACHINE_KINDS, MACHINE_STATUSES, type Machine, type MachineFields } from '#shared/machines/schemas.ts';

/** A machine of the registry. Its identifier is chosen by people (`versa-hd-1`) and is the document's own. */
export interface MachineRow extends Omit<MachineFields, 'artiscanObjectId'> {
  _id: string;
  version: number;
  artiscanObjectId: number | null;
  status: { code: Machine['status']['code']; by: string | null; since: Date; why: string | null };
}

const statusSchema = new Schema<MachineRow['status']>(
  {
    code: { type: String, enum: MACHINE_STATUSES, required: true },
    by: { type: String, default: null },
    since: { type: Date, required: true },
    why: { type: String, default: null },
  },
  { _id: false },
);

const dicomSchema = new Schema<MachineRow['dicom']>(
  {
    aeTitles: { type: [String], required: true },
    stationNames: { type: [String], required: true },
    modelNames: { type: [String], required: true },
  },
  { _id: false },
);

const machineSchema = new Schema<MachineRow>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    name: { type: String, required: true },
    shortName: { type: String, required: true },
    colour: { type: String, required: true },
    kind: { type: String, enum: MACHINE_KINDS, required: true },
    room: { type: String, default: '' },
    active: { type: Boolean, required: true },
    artiscanObjectId: { type: Number, default: null },
    byNameOnly: { type: Boolean, required: true },
    dicom: { type: dicomSchema, required: true },
    qaTypes: { type: [String], required: true },
    slotsPerWeekday: { type: [Number], required: true },
    gapMin: { type: Number, required: true },
    prepMin: { type: Number, required: true },
    status: { type: statusSchema, required: true },
  },
  { versionKey: false, minimize: false, collection: 'machines' },
);
export const MachineModel = model('Machine', machineSchema);
