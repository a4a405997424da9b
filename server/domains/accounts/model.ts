import { Schema, model, type Types } from 'mongoose';
import { ROLES, type Role } from '#shared/roles.ts';

export interface UserRow {
  _id: Types.ObjectId;
  version: number;
  username: string;
  name: string;
  /** The name as lists sort it. */
  nameKey: string;
  roles: Role[];
  disabled: boolean;
  /** With its parameters; see `password.ts`. */
  passwordHash: string;
  mustChangePassword: boolean;
  createdAt: Date;
  lastSignInAt: Date | null;
}

const userSchema = new Schema<UserRow>(
  {
    version: { type: Number, required: true },
    username: { type: String, required: true },
    name: { type: String, required: true },
    nameKey: { type: String, required: true },
    roles: { type: [String], enum: ROLES, required: true },
    disabled: { type: Boolean, required: true },
    passwordHash: { type: String, required: true },
    mustChangePassword: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    lastSignInAt: { type: Date, default: null },
  },
  { versionKey: false, collection: 'users' },
);
userSchema.index({ username: 1 }, { unique: true });
userSchema.index({ nameKey: 1, _id: 1 });
userSchema.index({ roles: 1, disabled: 1 });
export const UserModel = model('User', userSchema);

/** A signed-in person. Only the SHA-256 of the cookie's value is kept: who reads the database cannot sign in. */
export interface SessionRow {
  _id: Types.ObjectId;
  tokenHash: string;
  userId: string;
  role: Role;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

const sessionSchema = new Schema<SessionRow>(
  {
    tokenHash: { type: String, required: true },
    userId: { type: String, required: true },
    role: { type: String, enum: ROLES, required: true },
    createdAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'sessions' },
);
sessionSchema.index({ tokenHash: 1 }, { unique: true });
sessionSchema.index({ userId: 1 });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const SessionModel = model('Session', sessionSchema);

/** A personal token for a program: one role of its owner's. */
export interface TokenRow {
  _id: Types.ObjectId;
  tokenHash: string;
  userId: string;
  name: string;
  role: Role;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date;
}

const tokenSchema = new Schema<TokenRow>(
  {
    tokenHash: { type: String, required: true },
    userId: { type: String, required: true },
    name: { type: String, required: true },
    role: { type: String, enum: ROLES, required: true },
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, default: null },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'tokens' },
);
tokenSchema.index({ tokenHash: 1 }, { unique: true });
tokenSchema.index({ userId: 1, createdAt: 1 });
tokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const TokenModel = model('Token', tokenSchema);
