import { z } from 'zod';
import { endpoint } from '../http.ts';
import { IdParams, Nothing, PageQuery, RoleFromOutside, pageOf } from '../schemas.ts';
import {
  ChangeUser,
  CreateToken,
  CreateUser,
  NewPassword,
  RightsRow,
  Session,
  SignIn,
  Token,
  TokenWithSecret,
  User,
  UserWithPassword,
  Welcome,
} from './schemas.ts';

export const welcomeCall = endpoint({
  method: 'get',
  path: '/api/welcome',
  summary: 'What the sign-in page shows: the site, and the demo accounts in the demo',
  reply: Welcome,
});

export const signInCall = endpoint({
  method: 'post',
  path: '/api/session',
  summary: 'Signs in and sets the cookie vigie_session',
  body: SignIn,
  reply: Session,
});

export const readSessionCall = endpoint({
  method: 'get',
  path: '/api/session',
  summary: 'Who is signed in',
  reply: Session,
});

export const signOutCall = endpoint({
  method: 'delete',
  path: '/api/session',
  summary: 'Signs out: the cookie is worth nothing any more and its sockets are closed',
  reply: Nothing,
  status: 204,
});

export const chooseRoleCall = endpoint({
  method: 'put',
  path: '/api/session/role',
  summary: 'Changes the role one works in',
  body: z.strictObject({ role: RoleFromOutside }),
  reply: Session,
});

export const changePasswordCall = endpoint({
  method: 'put',
  path: '/api/session/password',
  summary: "Changes one's own password; other sessions of the account end",
  body: z.strictObject({ current: z.string().max(1000), next: NewPassword }),
  reply: Session,
});

export const listTokensCall = endpoint({
  method: 'get',
  path: '/api/tokens',
  summary: "One's personal tokens",
  reply: z.array(Token),
});

export const createTokenCall = endpoint({
  method: 'post',
  path: '/api/tokens',
  summary: 'Makes a personal token for one role; its secret is shown this once',
  body: CreateToken,
  reply: TokenWithSecret,
  status: 201,
});

export const revokeTokenCall = endpoint({
  method: 'delete',
  path: '/api/tokens/:id',
  summary: "Revokes one of one's personal tokens",
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const listUsersCall = endpoint({
  method: 'get',
  path: '/api/admin/users',
  summary: 'Users by name, page by page',
  query: PageQuery,
  reply: pageOf(User),
});

export const createUserCall = endpoint({
  method: 'post',
  path: '/api/admin/users',
  summary: 'Creates a user with a one-time password',
  body: CreateUser,
  reply: UserWithPassword,
  status: 201,
});

export const changeUserCall = endpoint({
  method: 'put',
  path: '/api/admin/users/:id',
  summary: 'Changes name, roles, or disables a user, whose sessions and sockets then end',
  params: IdParams,
  body: ChangeUser,
  reply: User,
});

export const resetPasswordCall = endpoint({
  method: 'post',
  path: '/api/admin/users/:id/password',
  summary: 'Gives a user a new one-time password; his sessions end',
  params: IdParams,
  reply: UserWithPassword,
});

export const rightsMatrixCall = endpoint({
  method: 'get',
  path: '/api/admin/rights',
  summary: 'The rights matrix as the code has it',
  reply: z.array(RightsRow),
});
