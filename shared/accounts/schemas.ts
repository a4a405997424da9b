import { z } from 'zod';
import { RIGHTS, type Right } from '../roles.ts';
import { Id, Instant, Line, Role, RoleFromOutside, Version } from '../schemas.ts';
import { PASSWORD_MIN_LENGTH } from './password.ts';

export const LOCALES = ['fr', 'en'] as const;
export const Locale = z.enum(LOCALES);
export type Locale = z.infer<typeof Locale>;

export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,39}$/, 'letters, digits, point, hyphen; 2 to 40');
export const NewPassword = z.string().min(PASSWORD_MIN_LENGTH).max(200);
const Right_ = z.enum(Object.keys(RIGHTS) as [Right, ...Right[]]); // the keys of a const object are its type's keys

/** The site as every page knows it; `logo`: it has one, at `/site-logo`. */
export const Site = z.strictObject({ name: z.string(), timezone: z.string(), locale: Locale, logo: z.boolean().optional() });

/** `role`: the role to work in; a person with several who names none works in the first. */
export const SignIn = z.strictObject({
  username: z.string().trim().toLowerCase().max(100),
  password: z.string().max(1000),
  role: RoleFromOutside.optional(),
});

/** Who is signed in, in which role, with which rights. */
export const Session = z.strictObject({
  user: z.strictObject({ id: Id, username: z.string(), name: z.string(), roles: z.array(Role) }),
  role: Role,
  rights: z.array(Right_),
  /** A one-time password was used: it must be changed before anything else. */
  mustChangePassword: z.boolean(),
  demo: z.boolean(),
  site: Site,
  build: z.string(),
});
export type Session = z.infer<typeof Session>;

/** What a page asks first: the site, and who is signed in already; nobody is no error. */
export const Welcome = z.strictObject({
  session: Session.nullable(),
  site: Site,
  demo: z.strictObject({ accounts: z.array(z.strictObject({ username: z.string(), role: Role })), password: z.string() }).nullable(),
  build: z.string(),
});
export type Welcome = z.infer<typeof Welcome>;

export const User = z.strictObject({
  id: Id,
  version: Version,
  username: z.string(),
  name: z.string(),
  roles: z.array(Role),
  disabled: z.boolean(),
  mustChangePassword: z.boolean(),
  lastSignInAt: Instant.nullable(),
});
export type User = z.infer<typeof User>;

const roles = z.array(RoleFromOutside).min(1).max(8);
export const CreateUser = z.strictObject({ username: Username, name: Line, roles });
export const ChangeUser = z.strictObject({ name: Line, roles, disabled: z.boolean(), version: Version });

/** A user with the one-time password that is shown this once. */
export const UserWithPassword = z.strictObject({ user: User, oneTimePassword: z.string() });

export const Token = z.strictObject({
  id: Id,
  name: z.string(),
  role: Role,
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
  expiresAt: Instant,
});
export type Token = z.infer<typeof Token>;
export const CreateToken = z.strictObject({ name: Line, role: RoleFromOutside, days: z.number().int().min(1).max(365).default(90) });
export const TokenWithSecret = z.strictObject({ token: Token, secret: z.string() });

/** One line of the rights matrix, as the code has it. */
export const RightsRow = z.strictObject({ right: Right_, roles: z.array(Role) });
