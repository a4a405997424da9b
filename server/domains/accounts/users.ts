import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { ChangeUser, CreateUser, User, UserWithPassword } from '#shared/accounts/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { ROLES, type Role } from '#shared/roles.ts';
import { plainText } from '#shared/text.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, Invalid, NotFound, RuleBroken } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { announceUser } from './announce.ts';
import { SessionModel, TokenModel, UserModel, type UserRow } from './model.ts';
import { hashPassword } from './password.ts';
import { presentUser } from './present.ts';
import { newOneTimePassword } from './one-time.ts';
import type { Live } from './sign-in.ts';

/** Users by name. */
export async function listUsers({
  limit,
  cursor,
}: {
  limit: number;
  cursor?: string | undefined;
}): Promise<{ items: User[]; next?: string }> {
  const rows = await UserModel.find(cursor === undefined ? {} : await after(cursor))
    .sort({ nameKey: 1, _id: 1 })
    .limit(limit + 1)
    .lean();
  const items = rows.slice(0, limit).map(presentUser);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last ? { next: last.id } : {}) };
}

/**
 * Creates a user with a one-time password, which is answered this once.
 *
 * @throws Conflict `user.exists`
 */
export async function createUser(ctx: Context, fields: z.output<typeof CreateUser>): Promise<z.infer<typeof UserWithPassword>> {
  const oneTimePassword = newOneTimePassword();
  const user = await insertUser(ctx, { ...fields, password: oneTimePassword, mustChangePassword: true });
  return { user, oneTimePassword };
}

/**
 * Changes name or roles, disables or enables. Who has other roles or is disabled loses his sessions and sockets at once, and the tokens that he
 * could not make any more.
 *
 * @throws Conflict `user.changed`; RuleBroken `user.rule` when no active administrator would be left.
 */
export async function changeUser(ctx: Context, id: string, change: z.output<typeof ChangeUser>, live: Live): Promise<User> {
  const roles = inOrder(change.roles);
  const { user, ends } = await ctx.atomically('settings', async () => {
    const before = await findUser(id);
    if (before.version !== change.version) throw changed(before);
    if (isActiveAdmin(before) && !isActiveAdmin({ roles, disabled: change.disabled })) await refuseWithoutAdmin(ctx, before);
    const after = await UserModel.findOneAndUpdate(
      { _id: before._id, version: change.version },
      { $set: { name: change.name, nameKey: plainText(change.name), roles, disabled: change.disabled }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!after) throw changed(await findUser(id));
    const ends = change.disabled || roles.join() !== before.roles.join();
    if (ends) await endRights(id, change.disabled ? [] : roles);
    return { user: await announceUser(ctx, actionOf(before, after), after), ends };
  });
  if (ends) live.endActor(id);
  return user;
}

/** Gives a user a new one-time password; his sessions end. */
export async function resetPassword(ctx: Context, id: string, live: Live): Promise<z.infer<typeof UserWithPassword>> {
  const oneTimePassword = newOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  const user = await ctx.atomically('settings', async () => {
    const after = await UserModel.findByIdAndUpdate(
      new Types.ObjectId(id),
      { $set: { passwordHash, mustChangePassword: true }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!after) throw new NotFound('user');
    await SessionModel.deleteMany({ userId: id });
    return announceUser(ctx, 'user.password-reset', after);
  });
  live.endActor(id);
  return { user, oneTimePassword };
}

/**
 * On the first start, when there is no user at all: makes the first administrator. Two processes that start at once make one: the other finds the
 * name taken.
 */
export async function ensureFirstAdmin(ctx: Context): Promise<{ username: string; oneTimePassword: string } | undefined> {
  if (await UserModel.exists({})) return undefined;
  const username = 'admin';
  try {
    const { oneTimePassword } = await createUser(ctx, { username, name: 'Administrateur', roles: ['admin'] });
    return { username, oneTimePassword };
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

/** A user with a known password unless there is one of that name: for the demo and for tests. */
export async function ensureUser(ctx: Context, fields: { username: string; name: string; roles: Role[]; password: string }): Promise<User> {
  const existing = await UserModel.findOne({ username: fields.username }).lean();
  return existing ? presentUser(existing) : insertUser(ctx, { ...fields, mustChangePassword: false });
}

async function insertUser(
  ctx: Context,
  {
    username,
    name,
    roles,
    password,
    mustChangePassword,
  }: { username: string; name: string; roles: Role[]; password: string; mustChangePassword: boolean },
): Promise<User> {
  const row: UserRow = {
    _id: new Types.ObjectId(),
    version: 1,
    username,
    name,
    nameKey: plainText(name),
    roles: inOrder(roles),
    disabled: false,
    passwordHash: await hashPassword(password),
    mustChangePassword,
    createdAt: ctx.now(),
    lastSignInAt: null,
  };
  try {
    return await ctx.atomically('settings', async () => {
      await UserModel.insertMany([row], { lean: true });
      return announceUser(ctx, 'user.created', row);
    });
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict('user.exists');
    throw error;
  }
}

async function findUser(id: string): Promise<UserRow> {
  const user = await UserModel.findById(id).lean();
  if (!user) throw new NotFound('user');
  return user;
}

function changed(current: UserRow): Conflict {
  return new Conflict('user.changed', { current: presentUser(current) });
}

function isActiveAdmin({ roles, disabled }: Pick<UserRow, 'roles' | 'disabled'>): boolean {
  return !disabled && roles.includes('admin');
}

/** Two administrators who disable each other at once write the same topic's counter: the second is tried again and refused here. */
async function refuseWithoutAdmin(ctx: Context, leaving: UserRow): Promise<void> {
  const others = await UserModel.findOne({ roles: 'admin', disabled: false, _id: { $ne: leaving._id } }).lean();
  if (!others) throw new RuleBroken('user.rule', inWords([{ rule: 'last_admin' }], wordsOf(ctx.locale), String));
}

async function endRights(userId: string, rolesLeft: readonly Role[]): Promise<void> {
  await SessionModel.deleteMany({ userId });
  await TokenModel.deleteMany({ userId, role: { $nin: rolesLeft } });
}

function actionOf(before: UserRow, after: UserRow): string {
  if (before.disabled === after.disabled) return 'user.changed';
  return after.disabled ? 'user.disabled' : 'user.enabled';
}

/** Roles once each, in the order of every list. */
function inOrder(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => roles.includes(role));
}

async function after(cursor: string): Promise<QueryFilter<UserRow>> {
  const last = /^[0-9a-f]{24}$/.test(cursor) ? await UserModel.findById(cursor).lean() : null;
  if (!last) throw new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
  const { nameKey, _id } = last;
  return { $or: [{ nameKey: { $gt: nameKey } }, { nameKey, _id: { $gt: _id } }] };
}
