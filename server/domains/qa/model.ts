import { Schema, model, type Types } from 'mongoose';
import { LIGHTS, type LightColour } from '#shared/qa/schemas.ts';
import type { Role } from '#shared/roles.ts';

/** A light as somebody set it. History: a new light is a new row, none is ever changed. */
export interface LightRow {
  _id: Types.ObjectId;
  machine: string;
  light: LightColour;
  reasons: string[];
  asOf: Date;
  until: Date;
  by: string;
  byId: string | null;
  role: Role | null;
}

const lightSchema = new Schema<LightRow>(
  {
    machine: { type: String, required: true },
    light: { type: String, enum: LIGHTS, required: true },
    reasons: { type: [String], required: true },
    asOf: { type: Date, required: true },
    until: { type: Date, required: true },
    by: { type: String, required: true },
    byId: { type: String, default: null },
    role: { type: String, default: null },
  },
  { versionKey: false, collection: 'lights' },
);
lightSchema.index({ machine: 1, asOf: -1, _id: -1 });
lightSchema.index({ until: 1 });
export const LightModel = model('Light', lightSchema);
