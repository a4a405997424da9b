import type { Session, Token, User, Welcome } from '#shared/accounts/schemas.ts';
import { rightsOf, type Role } from '#shared/roles.ts';
import type { TokenRow, UserRow } from './model.ts';

/** Demo accounts with their password; shown on the sign-in page, in the demo only. */
export type DemoAccounts = NonNullable<Welcome['demo']>;

/** What every answer about a session carries besides the person. */
export interface Place {
  site: Session['site'];
  build: string;
  demo: DemoAccounts | null;
}

/** Who is signed in, in which role. */
export function presentSession(user: UserRow, role: Role, { site, build, demo }: Place): Session {
  const { username, name, roles, mustChangePassword } = user;
  return {
    user: { id: user._id.toHexString(), username, name, roles },
    role,
    rights: rightsOf(role),
    mustChangePassword,
    demo: demo !== null,
    site,
    build,
  };
}

/** A user as an administrator sees him. */
export function presentUser({ _id, version, username, name, roles, disabled, mustChangePassword, lastSignInAt }: UserRow): User {
  return {
    id: _id.toHexString(),
    version,
    username,
    name,
    roles,
    disabled,
    mustChangePassword,
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
  };
}

/** A personal token as its owner sees it: never its secret. */
export function presentToken({ _id, name, role, createdAt, lastUsedAt, expiresAt }: TokenRow): Token {
  return {
    id: _id.toHexString(),
    name,
    role,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}
