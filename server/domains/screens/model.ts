import { Schema, model, type Types } from 'mongoose';
import type { PrivacyLevel } from '#shared/screens/schemas.ts';

/** A screen that asks to be opened. It goes by itself: when it was opened and told so, or when its time is over. */
export interface PairingRow {
  _id: Types.ObjectId;
  code: string;
  /** SHA-256 of what only the asking screen knows. */
  secretHash: string;
  /** The screen that it became; null while it waits. */
  screen: string | null;
  expiresAt: Date;
}

const pairingSchema = new Schema<PairingRow>(
  {
    code: { type: String, required: true },
    secretHash: { type: String, required: true },
    screen: { type: String, default: null },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'pairings' },
);
pairingSchema.index({ code: 1 }, { unique: true });
pairingSchema.index({ secretHash: 1 }, { unique: true });
pairingSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const PairingModel = model('Pairing', pairingSchema);

/** A screen that an administrator opened. */
export interface ScreenRow {
  _id: Types.ObjectId;
  version: number;
  name: string;
  level: PrivacyLevel;
  openedBy: string;
  openedAt: Date;
  lastSeenAt: Date | null;
  closed: boolean;
  /** SHA-256 of its cookie; absent until the screen has fetched it and from its closing on. */
  tokenHash?: string;
}

const screenSchema = new Schema<ScreenRow>(
  {
    version: { type: Number, required: true },
    name: { type: String, required: true },
    level: { type: Number, enum: [0, 1], required: true },
    openedBy: { type: String, required: true },
    openedAt: { type: Date, required: true },
    lastSeenAt: { type: Date, default: null },
    closed: { type: Boolean, required: true },
    tokenHash: { type: String },
  },
  { versionKey: false, collection: 'screens' },
);
screenSchema.index({ tokenHash: 1 }, { unique: true, partialFilterExpression: { tokenHash: { $type: 'string' } } });
screenSchema.index({ closed: 1, openedAt: 1 });
export const ScreenModel = model('Screen', screenSchema);
