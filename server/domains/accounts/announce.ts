import type { User } from '#shared/accounts/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import type { UserRow } from './model.ts';
import { presentUser } from './present.ts';

/** Writes down a change of a user and announces it to who manages users. */
export async function announceUser(ctx: Context, action: string, row: UserRow): Promise<User> {
  const user = presentUser(row);
  await ctx.record({
    action,
    subject: `user:${user.id}`,
    details: { version: user.version, roles: user.roles, disabled: user.disabled },
    live: [{ topic: 'settings', type: 'user:changed', data: { user } }],
  });
  return user;
}
