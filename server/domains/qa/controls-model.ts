import { Schema, model } from 'mongoose';

/** A control as the source gave it last. Rows of those that are gone stay, so that others learn that they went. */
export interface ControlRow {
  _id: number;
  objectId: number;
  moduleId: number | null;
  name: string;
  /** Wall clock of the site. */
  at: string | null;
  conform: boolean | null;
  gone: boolean;
  /** Number of the change that wrote it last. */
  rev: number;
}

const controlSchema = new Schema<ControlRow>(
  {
    _id: { type: Number, required: true },
    objectId: { type: Number, required: true },
    moduleId: { type: Number, default: null },
    name: { type: String, default: '' },
    at: { type: String, default: null },
    conform: { type: Boolean, default: null },
    gone: { type: Boolean, default: false },
    rev: { type: Number, required: true },
  },
  { versionKey: false, collection: 'qa_controls' },
);
controlSchema.index({ rev: 1 });
controlSchema.index({ at: 1 });
export const ControlModel = model('QaControl', controlSchema);

/** The one source of a site: how its last reading went. */
export interface SourceRow {
  _id: 'source';
  kind: 'artiscan' | 'csv';
  /** Number of the last change of its controls. */
  rev: number;
  /** Version of the rules by which it was read last. */
  version: number;
  asOf: Date | null;
  triedAt: Date;
  /** When the whole of it was read last. */
  wholeAt: Date | null;
  failure: { code: string; since: Date } | null;
  missing: string[];
  faults: { where: string; fault: string }[];
  /** The latest date of a control that is not ahead of its reading. */
  watermark: string | null;
  controls: number;
  changed: number;
}

const sourceSchema = new Schema<SourceRow>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    rev: { type: Number, required: true },
    version: { type: Number, default: 0 },
    asOf: { type: Date, default: null },
    triedAt: { type: Date, required: true },
    wholeAt: { type: Date, default: null },
    failure: { type: Schema.Types.Mixed, default: null },
    missing: { type: [String], default: [] },
    faults: { type: [Schema.Types.Mixed], default: [] } as never, // a list of mixed values, which the library's types do not know
    watermark: { type: String, default: null },
    controls: { type: Number, default: 0 },
    changed: { type: Number, default: 0 },
  },
  { versionKey: false, minimize: false, collection: 'qa_source' },
);
export const SourceModel = model('QaSource', sourceSchema);
