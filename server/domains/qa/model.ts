import { Schema, model, type Types } from 'mongoose';
import type { LightReason } from '#shared/qa/machine-light.ts';
import { LIGHTS, type LightColour, type Override } from '#shared/qa/schemas.ts';
import type { Role } from '#shared/roles.ts';

/** A machine's light as it was determined. History: a new light is a new row, none is ever changed. */
export interface LightRow {
  _id: Types.ObjectId;
  machine: string;
  light: LightColour;
  reasons: string[];
  why: LightReason[];
  asOf: Date;
  until: Date;
  set: 'rules' | 'hand';
  silentSince: Date | null;
  override: Override | null;
  /** Names the time in which the machine is red, on the alert that opens and on the one that resolves; null while it is not. */
  reference: string | null;
  by: string | null;
  byId: string | null;
  role: Role | null;
}

const lightSchema = new Schema<LightRow>(
  {
    machine: { type: String, required: true },
    light: { type: String, enum: LIGHTS, required: true },
    reasons: { type: [String], required: true },
    why: { type: [Schema.Types.Mixed], default: [] } as never, // a list of mixed values, which the library's types do not know
    asOf: { type: Date, required: true },
    until: { type: Date, required: true },
    set: { type: String, default: 'hand' },
    silentSince: { type: Date, default: null },
    override: { type: Schema.Types.Mixed, default: null },
    reference: { type: String, default: null },
    by: { type: String, default: null },
    byId: { type: String, default: null },
    role: { type: String, default: null },
  },
  { versionKey: false, minimize: false, collection: 'lights' },
);
lightSchema.index({ machine: 1, asOf: -1, _id: -1 });
lightSchema.index({ machine: 1, set: 1, asOf: -1 });
lightSchema.index({ until: 1 });
export const LightModel = model('Light', lightSchema);
