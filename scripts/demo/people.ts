import type { Role } from '#shared/roles.ts';
import { ensureUser } from '#server/domains/accounts/index.ts';
import type { Actor, Context, ContextFactory } from '#server/platform/context.ts';
import { DEMO_PASSWORD, DEMO_USERS } from './data.ts';

/** The people of the demo, acting: a context for a role, at a time of the past when one is given. */
export type Cast = (role: Role, at?: Date) => Context;

/** Makes the demo's accounts and resolves to their contexts. */
export async function castPeople(contexts: ContextFactory, system: Context): Promise<Cast> {
  const people = new Map<Role, Actor>();
  for (const { username, name, role } of DEMO_USERS) {
    const { id } = await ensureUser(system, { username, name, roles: [role], password: DEMO_PASSWORD });
    people.set(role, { kind: 'user', id, name, role });
  }
  return (role, at) => {
    const actor = people.get(role);
    if (!actor) throw new Error(`nobody plays ${role}`);
    const ctx = contexts({ actor, locale: 'fr', from: 'demo' });
    return at ? { ...ctx, now: () => at } : ctx;
  };
}
