import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import type { Session, User } from '#shared/accounts/schemas.ts';
import { RIGHTS } from '#shared/roles.ts';
import { PASSWORD, signedIn, startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { ensureFirstAdmin } from './index.ts';

const KEY = 'a key of at least thirty-two characters';
const USERS = '/api/admin/users';

let test: TestApp;
let admin: Client;
beforeAll(async () => {
  test = await startTestApp({ env: { VIGIE_API_KEY: KEY }, heartbeatMs: 200 });
  admin = await test.as('admin');
});
afterAll(() => test.close());

interface Made {
  user: User;
  oneTimePassword: string;
}
const create = async (username: string, roles: string[] = ['physicist']): Promise<Made> =>
  (await admin.request<Made>('POST', USERS, { username, name: `Name of ${username}`, roles })).body;
const change = (user: User, fields: object, client = admin) =>
  client.request<User & ErrorBody>('PUT', `${USERS}/${user.id}`, {
    name: user.name,
    roles: user.roles,
    disabled: user.disabled,
    version: user.version,
    ...fields,
  });

/** A new user who has changed his one-time password. */
async function settled(username: string, roles?: string[]): Promise<{ user: User; client: Client }> {
  const { user, oneTimePassword } = await create(username, roles);
  const client = await signedIn(test.url, username, oneTimePassword);
  await client.request('PUT', '/api/session/password', { current: oneTimePassword, next: PASSWORD });
  return { user: { ...user, version: 2, mustChangePassword: false }, client };
}

describe('users', () => {
  it('are managed by administrators only; what is wrong leaves nothing', async () => {
    const { user } = await create('exists');
    const [physicist, manager] = [await test.as('physicist'), await test.as('manager')];
    const before = await footprint('users');
    const body = { username: 'new.user', name: 'New', roles: ['physicist'] };
    const fields = { name: 'X', roles: ['physicist'], disabled: false, version: 1 };
    const none = '0'.repeat(24);
    const statuses = await statusesOf([
      [test.anonymous(), 'GET', USERS],
      [physicist, 'GET', USERS],
      [manager, 'POST', USERS, body],
      [physicist, 'PUT', `${USERS}/${user.id}`, fields],
      [physicist, 'POST', `${USERS}/${user.id}/password`],
      [admin, 'POST', USERS, { ...body, username: 'Not a name!' }],
      [admin, 'POST', USERS, { ...body, roles: [] }],
      [admin, 'POST', USERS, { ...body, roles: ['king'] }],
      [admin, 'POST', USERS, { ...body, username: 'EXISTS' }],
      [admin, 'PUT', `${USERS}/${none}`, fields],
      [admin, 'PUT', `${USERS}/${user.id}`, { ...fields, version: 9 }],
      [admin, 'POST', `${USERS}/${none}/password`],
      [admin, 'GET', `${USERS}?cursor=nonsense`],
    ]);
    expect(statuses).toEqual([401, 403, 403, 403, 403, 400, 400, 400, 409, 404, 409, 404, 400]);
    expect(await footprint('users')).toEqual(before);
  });

  it('of one name are one, also when two administrators create him at once', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => admin.request<ErrorBody>('POST', USERS, { username: 'race', name: 'R', roles: ['manager'] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('begin with a one-time password: they may read the session, change it, sign out, and nothing else', async () => {
    const { user, oneTimePassword } = await create('beginner', ['physicist', 'admin']);
    expect(oneTimePassword).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    const client = await signedIn(test.url, 'beginner', oneTimePassword);
    expect((await client.request<Session>('GET', '/api/session')).body.mustChangePassword).toBe(true);
    const refused = await client.request<ErrorBody>('GET', '/api/dossiers');
    expect([refused.status, refused.body.error.code]).toEqual([403, 'session.password-expired']);
    const denied = await statusesOf([
      [client, 'GET', USERS],
      [client, 'GET', '/api/wall'],
      [client, 'GET', '/api/tokens'],
      [client, 'POST', '/api/tokens', { name: 'x', role: 'physicist' }],
      [client, 'PUT', '/api/session/role', { role: 'admin' }],
    ]);
    expect(denied).toEqual([403, 403, 403, 403, 403]);
    await expect(test.watcher(client)).rejects.toThrow('session.none');
    const changed = await client.request<Session>('PUT', '/api/session/password', { current: oneTimePassword, next: PASSWORD });
    expect(changed.body.mustChangePassword).toBe(false);
    expect((await client.request('GET', '/api/dossiers')).status).toBe(200);
    expect(await auditedActions(`user:${user.id}`)).toEqual(['user.created', 'session.opened', 'password.changed']);
  });

  it('are announced to administrators and hidden from other watchers of the settings', async () => {
    const [mine, others] = [await test.watcher(admin), await test.watcher(await test.as('physicist'))];
    const answers = [await mine.watch('settings'), await others.watch('settings')];
    expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
    const { user } = await create('announced');
    expect((await mine.until(({ type }) => type === 'user:changed')).data).toEqual({ user });
    const hidden = await others.until(({ topic }) => topic === 'settings');
    expect([hidden.type, hidden.data]).toEqual(['hidden', undefined]);
  });

  it('who are disabled lose session, sockets and tokens at once, and get none of them back', async () => {
    const { user, client } = await settled('leaving');
    const { secret } = (await client.request<{ secret: string }>('POST', '/api/tokens', { name: 't', role: 'physicist' })).body;
    const watcher = await test.watcher(client);
    const disconnected = new Promise<void>((resolve) => void watcher.socket.once('disconnect', () => resolve()));
    const answer = await change(user, { disabled: true });
    expect([answer.status, answer.body.disabled]).toEqual([200, true]);
    await disconnected;
    const withToken = () => test.anonymous().request('GET', '/api/session', undefined, { authorization: `Bearer ${secret}` });
    expect((await client.request('GET', '/api/session')).status).toBe(401);
    expect((await withToken()).status).toBe(401);
    await change(answer.body, { disabled: false });
    expect((await withToken()).status).toBe(401);
    expect((await auditedActions(`user:${user.id}`)).slice(-2)).toEqual(['user.disabled', 'user.enabled']);
  });

  it('whose roles change lose their sessions and the tokens of roles they lost; a new name alone ends nothing', async () => {
    const { user, client } = await settled('changing', ['physicist', 'technologist']);
    const token = async (role: string) =>
      (await client.request<{ secret: string }>('POST', '/api/tokens', { name: role, role })).body.secret;
    const [physicist, technologist] = [await token('physicist'), await token('technologist')];
    const renamed = await change(user, { name: 'Renamed' });
    expect((await client.request<Session>('GET', '/api/session')).body.user.name).toBe('Renamed');
    expect((await change(renamed.body, { roles: ['technologist', 'technologist'] })).body.roles).toEqual(['technologist']);
    expect((await client.request('GET', '/api/session')).status).toBe(401);
    const status = async (secret: string) =>
      (await test.anonymous().request('GET', '/api/session', undefined, { authorization: `Bearer ${secret}` })).status;
    expect([await status(physicist), await status(technologist)]).toEqual([401, 200]);
  });

  it('who lose their session outside this process lose their sockets with the next heartbeat', async () => {
    const { client, user } = await settled('elsewhere');
    const watcher = await test.watcher(client);
    const disconnected = new Promise<void>((resolve) => void watcher.socket.once('disconnect', () => resolve()));
    await mongoose.connection.collection('sessions').deleteMany({ userId: user.id });
    await disconnected;
  });

  it('changed on a stale version are answered with the current state', async () => {
    const { user } = await settled('stale');
    const answer = await change(user, { version: 1 });
    expect(answer.body.error).toMatchObject({ code: 'user.changed', details: { current: { id: user.id, version: 2 } } });
  });

  it('get a new one-time password, and their sessions end', async () => {
    const { user, client } = await settled('forgetful');
    const { body } = await admin.request<Made>('POST', `${USERS}/${user.id}/password`);
    expect(body.user.mustChangePassword).toBe(true);
    expect((await client.request('GET', '/api/session')).status).toBe(401);
    expect((await test.anonymous().request('POST', '/api/session', { username: 'forgetful', password: PASSWORD })).status).toBe(401);
    await signedIn(test.url, 'forgetful', body.oneTimePassword);
  });

  it('keep one active administrator: the last is neither disabled nor another role’s, and of two who disable each other one stays', async () => {
    const page = (await admin.request<{ items: User[] }>('GET', USERS)).body;
    for (const user of page.items.filter(({ roles, username }) => roles.includes('admin') && username !== 'admin'))
      await change(user, { disabled: true });
    const own = page.items.find(({ username }) => username === 'admin');
    if (!own) throw new Error('no administrator');
    const before = await footprint('users');
    for (const fields of [{ disabled: true }, { roles: ['manager'] }]) {
      const answer = await change(own, fields);
      expect([answer.status, answer.body.error.code, answer.body.error.details]).toMatchObject([
        422,
        'user.rule',
        [{ rule: 'last_admin' }],
      ]);
    }
    expect(await footprint('users')).toEqual(before);
    const second = await settled('second', ['admin']);
    const both = await Promise.all([change(own, { disabled: true }, second.client), change(second.user, { disabled: true })]);
    // The slower one is refused by the rule, or is no longer signed in.
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(both.every(({ status }) => [200, 401, 422].includes(status))).toBe(true);
  });
});

describe('the administration key', () => {
  const withKey = (method: string, path: string, key: string) => test.anonymous().request(method, path, undefined, { 'x-api-key': key });

  it('opens the calls of administration and no other', async () => {
    expect((await withKey('GET', USERS, KEY)).status).toBe(200);
    expect((await withKey('GET', USERS, `${KEY}x`)).status).toBe(401);
    expect((await withKey('GET', '/api/machines', KEY)).status).toBe(401);
    expect((await withKey('GET', '/api/session', KEY)).status).toBe(401);
  });

  it('is not hidden behind a cookie: a wrong one is nobody', async () => {
    const manager = await test.as('manager');
    expect((await manager.request('GET', '/api/admin/audit', undefined, { 'x-api-key': 'wrong' })).status).toBe(401);
  });
});

describe('the rights matrix', () => {
  it('is the table of the code, for who manages users', async () => {
    expect(
      await statusesOf([
        [test.anonymous(), 'GET', '/api/admin/rights'],
        [await test.as('manager'), 'GET', '/api/admin/rights'],
      ]),
    ).toEqual([401, 403]);
    const { body } = await test.anonymous().request('GET', '/api/admin/rights', undefined, { 'x-api-key': KEY });
    expect(body).toEqual(Object.entries(RIGHTS).map(([right, roles]) => ({ right, roles })));
  });
});

describe('the first start', () => {
  it('makes one administrator with a one-time password, even when two processes start at once', async () => {
    await mongoose.connection.collection('users').deleteMany({});
    const made = (await Promise.all([1, 2, 3].map(() => ensureFirstAdmin(test.ctx)))).filter((one) => one !== undefined);
    expect(made).toHaveLength(1);
    expect(await ensureFirstAdmin(test.ctx)).toBeUndefined();
    const { username = '', oneTimePassword = '' } = made[0] ?? {};
    const client = await signedIn(test.url, username, oneTimePassword);
    expect((await client.request<Session>('GET', '/api/session')).body).toMatchObject({ role: 'admin', mustChangePassword: true });
  });
});
