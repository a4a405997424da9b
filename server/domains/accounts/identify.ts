import { Types } from 'mongoose';
import type { Role } from '#shared/roles.ts';
import type { Actor } from '#server/platform/context.ts';
import { digestOf, sameSecret } from '#server/platform/secrets.ts';
import { SessionModel, TokenModel, UserModel, type UserRow } from './model.ts';

export const SESSION_COOKIE = 'vigie_session';

/** How often the last use of a session or token is written. */
const SEEN_EVERY_MS = 60_000;

/** What a request or a socket's handshake shows. */
export interface Credentials {
  sessionCookie?: string | undefined;
  authorization?: string | undefined;
  apiKey?: string | undefined;
  path: string;
}

/** Who calls. `session` names what his right hangs on: a session or token in one role; it changes when the role changes. */
export interface Caller {
  actor: Actor;
  session: string;
  mustChangePassword: boolean;
}

/**
 * Finds who calls: by the administration key (under `/api/admin/` only), a personal token or the session cookie, whichever is shown first in this
 * order. A credential that is shown and wrong is nobody; no other one is looked at then.
 */
export async function identify(shown: Credentials, deps: { now(): Date; apiKey: string | undefined }): Promise<Caller | undefined> {
  if (shown.apiKey !== undefined && shown.path.startsWith('/api/admin/')) return byKey(shown.apiKey, deps.apiKey);
  // Other schemes are not ours: a proxy in front may ask for its own.
  if (shown.authorization !== undefined && /^bearer /i.test(shown.authorization)) return byToken(shown.authorization, deps.now());
  return shown.sessionCookie === undefined ? undefined : bySession(shown.sessionCookie, deps.now());
}

/**
 * Of sessions and tokens as `identify` named them, those that still hold: not ended, not expired, in the same role, the user not disabled.
 */
export async function sessionsStillValid(ids: readonly string[], now: Date): Promise<Set<string>> {
  const _id = { $in: ids.map(recordOf).filter((id) => id !== undefined) };
  const live = { _id, expiresAt: { $gt: now } };
  const rows = [...(await SessionModel.find(live).lean()), ...(await TokenModel.find(live).lean())];
  const users = await UserModel.find({ _id: { $in: rows.map((row) => row.userId) } }).lean();
  const byId = new Map(users.map((user) => [user._id.toHexString(), user]));
  const holding = new Set(rows.filter((row) => mayWork(byId.get(row.userId), row.role)).map(sessionName));
  return new Set(ids.filter((id) => holding.has(id)));
}

/** The name of a session or token for sockets. It carries the role: a socket of the former role does not outlive a change. */
export function sessionName({ _id, role }: { _id: Types.ObjectId; role: Role }): string {
  return `${_id.toHexString()}.${role}`;
}

function byKey(given: string, expected: string | undefined): Caller | undefined {
  if (expected === undefined || !sameSecret(given, expected)) return undefined;
  return { actor: { kind: 'key', id: null, name: 'X-API-Key', role: 'admin' }, session: 'key', mustChangePassword: false };
}

async function byToken(authorization: string, now: Date): Promise<Caller | undefined> {
  const secret = /^Bearer +(vigie_[\w-]{43})$/i.exec(authorization.trim())?.[1];
  if (secret === undefined) return undefined;
  const row = await TokenModel.findOne({ tokenHash: digestOf(secret), expiresAt: { $gt: now } }).lean();
  const user = row && (await UserModel.findById(row.userId).lean());
  if (!row || !mayWork(user, row.role)) return undefined;
  if (isOlder(row.lastUsedAt, now)) await TokenModel.updateOne({ _id: row._id }, { $set: { lastUsedAt: now } });
  return callerOf('token', user, row);
}

async function bySession(cookie: string, now: Date): Promise<Caller | undefined> {
  const row = await SessionModel.findOne({ tokenHash: digestOf(cookie), expiresAt: { $gt: now } }).lean();
  const user = row && (await UserModel.findById(row.userId).lean());
  if (!row || !mayWork(user, row.role)) return undefined;
  if (isOlder(row.lastSeenAt, now)) await SessionModel.updateOne({ _id: row._id }, { $set: { lastSeenAt: now } });
  return callerOf('user', user, row);
}

function mayWork(user: UserRow | null | undefined, role: Role): user is UserRow {
  return user !== null && user !== undefined && !user.disabled && user.roles.includes(role);
}

function callerOf(kind: 'user' | 'token', user: UserRow, row: { _id: Types.ObjectId; role: Role }): Caller {
  return {
    actor: { kind, id: user._id.toHexString(), name: user.name, role: row.role },
    session: sessionName(row),
    mustChangePassword: user.mustChangePassword,
  };
}

function isOlder(seen: Date | null, now: Date): boolean {
  return seen === null || now.getTime() - seen.getTime() >= SEEN_EVERY_MS;
}

function recordOf(name: string): Types.ObjectId | undefined {
  const id = /^([0-9a-f]{24})\./.exec(name)?.[1];
  return id === undefined ? undefined : new Types.ObjectId(id);
}
