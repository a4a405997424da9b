import { Types } from 'mongoose';
import type { z } from 'zod';
import type { CreateToken, Token } from '#shared/accounts/schemas.ts';
import { Forbidden, NotFound } from '#server/platform/errors.ts';
import type { Context } from '#server/platform/context.ts';
import { digestOf, newSecret } from '#server/platform/secrets.ts';
import { sessionName } from './identify.ts';
import { TokenModel, UserModel, type TokenRow } from './model.ts';
import { presentToken } from './present.ts';
import type { Live } from './sign-in.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Secrets of personal tokens begin with it, so that one left in a file is recognised. */
const PREFIX = 'vigie_';

/** One's personal tokens, the oldest first. */
export async function listTokens(ctx: Context): Promise<Token[]> {
  const { userId } = await ownerOf(ctx);
  const rows = await TokenModel.find({ userId, expiresAt: { $gt: ctx.now() } })
    .sort({ createdAt: 1 })
    .lean();
  return rows.map(presentToken);
}

/**
 * Makes a personal token for one role of one's own. Its secret is answered this once and not kept.
 *
 * @throws Forbidden `session.role` for a role that is not one's own.
 */
export async function createToken(
  ctx: Context,
  { name, role, days }: z.output<typeof CreateToken>,
): Promise<{ token: Token; secret: string }> {
  const { userId, roles } = await ownerOf(ctx);
  if (!roles.includes(role)) throw new Forbidden('session.role');
  const secret = `${PREFIX}${newSecret()}`;
  const now = ctx.now();
  const row: TokenRow = {
    _id: new Types.ObjectId(),
    tokenHash: digestOf(secret),
    userId,
    name,
    role,
    createdAt: now,
    lastUsedAt: null,
    expiresAt: new Date(now.getTime() + days * DAY_MS),
  };
  await ctx.atomically('sessions', async () => {
    await TokenModel.insertMany([row], { lean: true });
    await ctx.record({ action: 'token.created', subject: `token:${row._id.toHexString()}`, details: { role, days } });
  });
  return { token: presentToken(row), secret };
}

/** Revokes one of one's personal tokens; its sockets are closed. */
export async function revokeToken(ctx: Context, id: string, live: Live): Promise<void> {
  const { userId } = await ownerOf(ctx);
  const revoked = await ctx.atomically('sessions', async () => {
    const row = await TokenModel.findOneAndDelete({ _id: new Types.ObjectId(id), userId }).lean();
    if (!row) throw new NotFound('token');
    await ctx.record({ action: 'token.revoked', subject: `token:${id}` });
    return row;
  });
  live.endSession(sessionName(revoked));
}

/** The person himself: a token makes no tokens, and a one-time password comes first. */
async function ownerOf({ actor }: Context) {
  if (actor.kind !== 'user' || actor.id === null) throw new Forbidden();
  const user = await UserModel.findById(actor.id).lean();
  if (!user) throw new Forbidden();
  if (user.mustChangePassword) throw new Forbidden('session.password-expired');
  return { userId: actor.id, roles: user.roles };
}
