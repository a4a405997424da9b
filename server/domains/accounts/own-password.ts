import type { Session } from '#shared/accounts/schemas.ts';
import { auditOutside } from '#server/domains/audit/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Forbidden, Invalid, Unauthenticated } from '#server/platform/errors.ts';
import { sessionName } from './identify.ts';
import { confirmationLimit } from './limits.ts';
import { SessionModel, UserModel } from './model.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { presentSession, type Place } from './present.ts';
import { ownSession, type Live } from './sign-in.ts';
import { announceUser } from './announce.ts';

/**
 * Whether a password is the user's: for a person who is signed in and gives it again, as for a signature.
 * With the act's context a wrong one is written down as `signature.refused`, outside any transaction.
 *
 * @throws TooMany after ten wrong ones in a quarter of an hour.
 */
export async function verifyPassword(userId: string, password: string, ctx?: Context): Promise<boolean> {
  return confirmed(userId, password, ctx, 'signature.refused');
}

/**
 * Changes one's own password; all other sessions of the account end.
 *
 * @throws Forbidden `password.wrong`
 */
export async function changePassword(
  ctx: Context,
  cookie: string | undefined,
  { current, next }: { current: string; next: string },
  place: Place,
  live: Live,
): Promise<Session> {
  const { user, session } = await ownSession(ctx, cookie);
  if (!(await confirmed(session.userId, current, ctx, 'password.refused'))) throw new Forbidden('password.wrong');
  if (next === current) throw new Invalid([{ where: 'body', path: 'next', message: 'the same as the current password' }]);
  const passwordHash = await hashPassword(next);
  const { changed, ended } = await ctx.atomically('settings', async () => {
    const changed = await UserModel.findOneAndUpdate(
      { _id: user._id, passwordHash: user.passwordHash },
      { $set: { passwordHash, mustChangePassword: false }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!changed) throw new Unauthenticated(); // an administrator gave a new one just now
    const others = { userId: session.userId, _id: { $ne: session._id } };
    const ended = await SessionModel.find(others).lean();
    await SessionModel.deleteMany(others);
    await announceUser(ctx, 'password.changed', changed);
    return { changed, ended };
  });
  for (const other of ended) live.endSession(sessionName(other));
  return presentSession(changed, session.role, place);
}

async function confirmed(userId: string, password: string, ctx: Context | undefined, refusal: string): Promise<boolean> {
  await confirmationLimit.take(userId);
  const user = await UserModel.findById(userId).lean();
  const matches = await passwordMatches(user?.passwordHash, password);
  if (matches) await confirmationLimit.forget(userId);
  else if (ctx)
    await auditOutside({ actor: ctx.actor, from: ctx.from, at: ctx.now(), fact: { action: refusal, subject: `user:${userId}` } });
  return matches;
}
