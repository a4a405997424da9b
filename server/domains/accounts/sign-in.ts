import { Types } from 'mongoose';
import type { z } from 'zod';
import type { Session, SignIn } from '#shared/accounts/schemas.ts';
import type { Role } from '#shared/roles.ts';
import { auditAccess, auditOutside, writeAudit } from '#server/domains/audit/index.ts';
import { SYSTEM, type Actor, type Context } from '#server/platform/context.ts';
import { Forbidden, TooMany, Unauthenticated } from '#server/platform/errors.ts';
import { digestOf, newSecret } from '#server/platform/secrets.ts';
import { sessionName } from './identify.ts';
import type { SignInLimits } from './limits.ts';
import { SessionModel, UserModel, type SessionRow, type UserRow } from './model.ts';
import { passwordMatches } from './password.ts';
import { presentSession, type Place } from './present.ts';

/**
 * How long a person stays signed in, used or not: a long shift. Idle consoles are locked by the client after five minutes; the server does not
 * end an idle session sooner, because a board left open on a workstation must go on showing.
 */
export const SESSION_MS = 12 * 3600 * 1000;

/** Ends sockets; the live channel gives it. */
export interface Live {
  endSession(session: string): void;
  endActor(id: string): void;
}

interface SignedIn {
  session: Session;
  /** The cookie's value. */
  secret: string;
}

/**
 * Signs in. `former` is the cookie that the browser still has: who signs in over somebody else's session ends it.
 *
 * @throws Unauthenticated `session.refused`, the same and as late for an unknown, a disabled and a mistaken user; TooMany; Forbidden `session.role`.
 */
export async function signIn(
  ctx: Context,
  { username, password, role: wanted }: z.output<typeof SignIn>,
  former: string | undefined,
  { place, limits, live }: { place: Place; limits: SignInLimits; live: Live },
): Promise<SignedIn> {
  await countAttempt(ctx, limits, username);
  const user = await UserModel.findOne({ username }).lean();
  const matches = await passwordMatches(user?.passwordHash, password);
  if (!user || !matches || user.disabled) throw await refused(ctx, user, user && matches ? 'disabled' : 'password');
  const role = wanted ?? user.roles[0];
  if (role === undefined || !user.roles.includes(role)) {
    await refused(ctx, user, 'role');
    throw new Forbidden('session.role');
  }
  const secret = newSecret();
  const ended = await openSession(ctx, user, { role, secret, former });
  await limits.success(username, ctx.from);
  if (ended) live.endSession(sessionName(ended));
  return { session: presentSession(user, role, place), secret };
}

/** Who is signed in, by session or by token. */
export async function readSession({ actor }: Context, place: Place): Promise<Session> {
  const user = await UserModel.findById(actor.id).lean();
  if (!user || actor.role === null) throw new Unauthenticated();
  return presentSession(user, actor.role, place);
}

/** Signs out: the cookie is worth nothing any more and its sockets are closed. */
export async function signOut(ctx: Context, cookie: string | undefined, live: Live): Promise<void> {
  if (ctx.actor.kind !== 'user') throw new Forbidden(); // a token is revoked, not signed out
  const ended = await ctx.atomically('sessions', async () => {
    const row = cookie === undefined ? null : await SessionModel.findOneAndDelete({ tokenHash: digestOf(cookie) }).lean();
    if (row) await ctx.record({ action: 'session.closed', subject: `user:${row.userId}` });
    return row;
  });
  if (ended) live.endSession(sessionName(ended));
}

/**
 * Changes the role one works in. Sockets of the former role are closed; the client opens them again with its new rights.
 *
 * @throws Forbidden `session.role` for a role that is not one's own.
 */
export async function chooseRole(ctx: Context, cookie: string | undefined, role: Role, place: Place, live: Live): Promise<Session> {
  const { user, session } = await ownSession(ctx, cookie);
  if (user.mustChangePassword) throw new Forbidden('session.password-expired');
  if (!user.roles.includes(role)) throw new Forbidden('session.role');
  if (session.role !== role) {
    await ctx.atomically('sessions', async () => {
      await SessionModel.updateOne({ _id: session._id, role: session.role }, { $set: { role } });
      await ctx.record({ action: 'session.role-changed', subject: `user:${session.userId}`, details: { from: session.role, to: role } });
    });
    live.endSession(sessionName(session));
  }
  return presentSession(user, role, place);
}

/** The session of a cookie with its user; a token or a key has none and is refused. */
export async function ownSession(ctx: Context, cookie: string | undefined): Promise<{ user: UserRow; session: SessionRow }> {
  if (ctx.actor.kind !== 'user') throw new Forbidden();
  const session = cookie === undefined ? null : await SessionModel.findOne({ tokenHash: digestOf(cookie) }).lean();
  const user = session && (await UserModel.findById(session.userId).lean());
  if (!session || !user) throw new Unauthenticated();
  return { user, session };
}

/** Writes the session on condition that the password just checked still is the user's; resolves to the session it takes the place of. */
async function openSession(
  ctx: Context,
  user: UserRow,
  { role, secret, former }: { role: Role; secret: string; former: string | undefined },
): Promise<SessionRow | null> {
  const now = ctx.now();
  const userId = user._id.toHexString();
  return ctx.atomically('sessions', async () => {
    const still = { _id: user._id, passwordHash: user.passwordHash, disabled: false, roles: role };
    const { matchedCount } = await UserModel.updateOne(still, { $set: { lastSignInAt: now } });
    if (matchedCount === 0) throw new Unauthenticated('session.refused'); // changed by an administrator just now
    const ended = former === undefined ? null : await SessionModel.findOneAndDelete({ tokenHash: digestOf(former) }).lean();
    const row: SessionRow = {
      _id: new Types.ObjectId(),
      tokenHash: digestOf(secret),
      userId,
      role,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_MS),
    };
    await SessionModel.insertMany([row], { lean: true });
    const actor: Actor = { kind: 'user', id: userId, name: user.name, role };
    const entry = { actor, from: ctx.from, at: now };
    if (ended) await writeAudit({ ...entry, fact: { action: 'session.closed', subject: `user:${ended.userId}` } });
    await writeAudit({ ...entry, fact: { action: 'session.opened', subject: `user:${userId}` } });
    return ended;
  });
}

async function countAttempt(ctx: Context, limits: SignInLimits, username: string): Promise<void> {
  try {
    await limits.attempt(username, ctx.from);
  } catch (error) {
    // One entry per window: a flood must not fill the log.
    if (error instanceof TooMany) await auditAccess(ctx, { action: 'session.limited', windowMin: 15, key: `${username}|${ctx.from}` });
    throw error;
  }
}

/** Writes the refusal down. An unknown name is not kept: people type their password into the wrong field. */
async function refused(ctx: Context, user: UserRow | null, why: 'password' | 'disabled' | 'role'): Promise<Unauthenticated> {
  const subject = user ? { subject: `user:${user._id.toHexString()}` } : {};
  await auditOutside({
    actor: SYSTEM,
    from: ctx.from,
    at: ctx.now(),
    fact: { action: 'session.refused', ...subject, details: { why: user ? why : 'unknown' } },
  });
  return new Unauthenticated('session.refused');
}
