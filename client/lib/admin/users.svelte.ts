import { listUsersCall } from '#shared/accounts/api.ts';
import type { User } from '#shared/accounts/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

const MOST = 500;

/** Every user of the department, by name; others' changes show by themselves. */
export class UsersList {
  resource = new LiveResource<User[]>({ topics: ['settings'], load: (signal) => readAll(signal), apply: withUser });

  start(): () => void {
    return this.resource.start();
  }

  /** Puts in what an own act answered. */
  put(user: User): void {
    this.resource.set(merged(this.resource.data ?? [], user));
  }
}

async function readAll(signal: AbortSignal, cursor?: string): Promise<User[]> {
  const page = await call(listUsersCall, { query: { limit: MOST, cursor } }, { signal });
  return page.next === undefined ? page.items : [...page.items, ...(await readAll(signal, page.next))];
}

function withUser(users: User[], fact: Fact): User[] {
  return fact.type === 'user:changed' ? merged(users, fact.data.user) : users;
}

function merged(users: User[], user: User): User[] {
  const known = users.find((one) => one.id === user.id);
  if (known && known.version > user.version) return users;
  return [...users.filter((one) => one !== known), user].sort((a, b) => a.name.localeCompare(b.name, 'fr'));
}
