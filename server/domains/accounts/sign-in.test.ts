import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import type { Session, Token } from '#shared/accounts/schemas.ts';
import { rightsOf } from '#shared/roles.ts';
import { PASSWORD, signedIn, startTestApp, type Answer, type Client, type TestApp, type Watcher } from '#server/testing/app.ts';
import { auditedActions, statusesOf } from '#server/testing/footprint.ts';
import { ensureFirstAdmin, ensureUser, verifyPassword } from './index.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const signIn = (client: Client, body: object) => client.request<Session & ErrorBody>('POST', '/api/session', body);
const codeOf = ({ status, body }: Answer<ErrorBody>) => [status, body.error.code];

async function closed(watcher: Watcher): Promise<void> {
  if (watcher.socket.disconnected) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the socket stayed open')), 3000);
    watcher.socket.once('disconnect', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Another client that sends what this one's browser had. */
function sameCookie({ cookie }: Client): Client {
  return Object.assign(test.anonymous(), { cookie });
}

/** A user of his own with several roles, so that tests do not disturb each other. */
async function person(username: string): Promise<{ client: Client; id: string }> {
  const { id } = await ensureUser(test.ctx, {
    username,
    name: `Name of ${username}`,
    roles: ['physicist', 'technologist'],
    password: PASSWORD,
  });
  return { client: await signedIn(test.url, username), id };
}

describe('signing in', () => {
  it('answers who one is, in which role, with which rights, and sets a cookie no script can read', async () => {
    const { id } = await person('several');
    const client = test.anonymous();
    const { status, body, headers } = await signIn(client, { username: ' SEVERAL ', password: PASSWORD });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { id, username: 'several', roles: ['technologist', 'physicist'] },
      role: 'technologist',
      mustChangePassword: false,
      demo: false,
    });
    expect(body.rights).toEqual(rightsOf('technologist'));
    expect(headers.get('set-cookie')).toMatch(/^vigie_session=[\w-]{43}; path=\/; expires=.*; samesite=lax; httponly$/i);
    expect((await client.request<Session>('GET', '/api/session')).body).toEqual(body);
    expect(await auditedActions(`user:${id}`)).toContain('session.opened');
  });

  it('takes the role that one asks for, by the prototype’s name too, and refuses one that is not one’s own', async () => {
    await person('several');
    expect((await signIn(test.anonymous(), { username: 'several', password: PASSWORD, role: 'physicien' })).body.role).toBe('physicist');
    expect(codeOf(await signIn(test.anonymous(), { username: 'several', password: PASSWORD, role: 'admin' }))).toEqual([
      403,
      'session.role',
    ]);
  });

  it('refuses a wrong password, an unknown and a disabled user in the same words, and writes it down without the name typed', async () => {
    const { id } = await person('leaver');
    const admin = await test.as('admin');
    await admin.request('PUT', `/api/admin/users/${id}`, { name: 'Leaver', roles: ['physicist'], disabled: true, version: 1 });
    for (const body of [
      { username: 'several', password: 'wrong' },
      { username: 'typed-by-mistake', password: PASSWORD },
      { username: 'leaver', password: PASSWORD },
    ]) {
      expect(codeOf(await signIn(test.anonymous(), body))).toEqual([401, 'session.refused']);
    }
    expect((await signIn(test.anonymous(), { username: 'x' })).status).toBe(400);
    const refused = await mongoose.connection.collection('audit').find({ action: 'session.refused' }).sort({ _id: -1 }).limit(3).toArray();
    expect(refused.map(({ details }) => details.why)).toEqual(['disabled', 'unknown', 'password']);
    expect(JSON.stringify(refused)).not.toContain('typed-by-mistake');
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    const time = async (username: string) => {
      const started = performance.now();
      await signIn(test.anonymous(), { username, password: 'wrong' });
      return performance.now() - started;
    };
    const known = Math.min(await time('secretary'), await time('secretary'), await time('secretary'));
    const unknown = Math.min(await time('nobody1'), await time('nobody2'), await time('nobody3'));
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });

  it('is refused after ten wrong attempts, even with the right password, and others may still', async () => {
    await person('guessed');
    const attempts = await Promise.all(
      Array.from({ length: 12 }, () => signIn(test.anonymous(), { username: 'guessed', password: 'wrong' })),
    );
    expect(attempts.filter(({ status }) => status === 429)).toHaveLength(2);
    const late = await signIn(test.anonymous(), { username: 'guessed', password: PASSWORD });
    expect(codeOf(late)).toEqual([429, 'too-many']);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await signIn(test.anonymous(), { username: 'several', password: PASSWORD })).status).toBe(200);
    expect((await auditedActions()).filter((action) => action === 'session.limited')).toHaveLength(1);
  });

  it('over somebody else’s session ends that one', async () => {
    const { client } = await person('several');
    const first = sameCookie(client);
    const watcher = await test.watcher(first);
    expect((await signIn(client, { username: 'manager', password: PASSWORD })).status).toBe(200);
    await closed(watcher);
    expect((await first.request('GET', '/api/session')).status).toBe(401);
    expect((await client.request<Session>('GET', '/api/session')).body.user.username).toBe('manager');
  });

  it('is kept in the database as digests only', async () => {
    const { client } = await person('several');
    const secret = client.cookie.split('=')[1] ?? '';
    const stored = JSON.stringify(await mongoose.connection.collection('sessions').find().toArray());
    expect(secret).toHaveLength(43);
    expect(stored).not.toContain(secret);
    const users = await mongoose.connection.collection('users').find().toArray();
    for (const user of users) expect(user.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/);
  });
});

describe('a session', () => {
  it('is nobody’s without a cookie or with a wrong one', async () => {
    const forged = test.anonymous();
    forged.cookie = 'vigie_session=' + 'a'.repeat(43);
    expect(
      await statusesOf([
        [test.anonymous(), 'GET', '/api/session'],
        [test.anonymous(), 'DELETE', '/api/session'],
        [forged, 'GET', '/api/session'],
      ]),
    ).toEqual([401, 401, 401]);
    await expect(test.watcher(forged)).rejects.toThrow('session.none');
  });

  it('ends with signing out: cookie, sockets and all', async () => {
    const { client, id } = await person('several');
    const before = sameCookie(client);
    const watcher = await test.watcher(client);
    expect((await client.request('DELETE', '/api/session')).status).toBe(204);
    await closed(watcher);
    expect(client.cookie).toBe('');
    expect((await before.request('GET', '/api/session')).status).toBe(401);
    expect((await auditedActions(`user:${id}`)).at(-1)).toBe('session.closed');
  });

  it('works in another role of one’s own, with its rights, and closes the sockets of the former', async () => {
    const { client, id } = await person('several');
    const watcher = await test.watcher(client);
    const { status, body } = await client.request<Session>('PUT', '/api/session/role', { role: 'physicist' });
    expect([status, body.role, body.rights]).toEqual([200, 'physicist', rightsOf('physicist')]);
    await closed(watcher);
    expect((await auditedActions(`user:${id}`)).at(-1)).toBe('session.role-changed');
    expect((await client.request('PUT', '/api/qa/lights/versa-hd-1', { light: 'green', reason: 'x' })).status).toBe(200);
    expect((await client.request('PUT', '/api/session/role', { role: 'admin' })).status).toBe(403);
    expect((await client.request('PUT', '/api/session/role', { role: 'king' })).status).toBe(400);
    expect((await test.anonymous().request('PUT', '/api/session/role', { role: 'physicist' })).status).toBe(401);
  });

  it('changes one’s password: other sessions end, this one goes on', async () => {
    const { client, id } = await person('changer');
    const other = await signedIn(test.url, 'changer');
    const watcher = await test.watcher(other);
    const change = (body: object) => client.request<ErrorBody>('PUT', '/api/session/password', body);
    expect(codeOf(await change({ current: 'wrong', next: 'another password' }))).toEqual([403, 'password.wrong']);
    expect((await change({ current: PASSWORD, next: 'short' })).status).toBe(400);
    expect((await change({ current: PASSWORD, next: PASSWORD })).status).toBe(400);
    expect((await change({ current: PASSWORD, next: 'another password' })).status).toBe(200);
    await closed(watcher);
    expect(
      await statusesOf([
        [client, 'GET', '/api/session'],
        [other, 'GET', '/api/session'],
      ]),
    ).toEqual([200, 401]);
    expect((await signIn(test.anonymous(), { username: 'changer', password: PASSWORD })).status).toBe(401);
    expect((await signIn(test.anonymous(), { username: 'changer', password: 'another password' })).status).toBe(200);
    const actions = await auditedActions(`user:${id}`);
    expect(actions).toEqual(expect.arrayContaining(['password.refused', 'password.changed']));
  });

  it('asks for a password again ten times at most', async () => {
    const { id } = await person('signer');
    for (let wrong = 0; wrong < 9; wrong += 1) expect(await verifyPassword(id, 'wrong')).toBe(false);
    expect(await verifyPassword(id, PASSWORD)).toBe(true);
    for (let wrong = 0; wrong < 10; wrong += 1) await verifyPassword(id, 'wrong', test.ctx);
    await expect(verifyPassword(id, PASSWORD)).rejects.toMatchObject({ status: 429 });
    expect((await auditedActions(`user:${id}`)).filter((action) => action === 'signature.refused')).toHaveLength(10);
  });
});

describe('a personal token', () => {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

  it('is one role of one’s own, shown once, and ends when it is revoked', async () => {
    const { client } = await person('scripter');
    const made = await client.request<{ token: Token; secret: string }>('POST', '/api/tokens', { name: 'script', role: 'physicist' });
    const { token, secret } = made.body;
    expect([made.status, token.role, token.lastUsedAt]).toEqual([201, 'physicist', null]);
    expect(secret).toMatch(/^vigie_[\w-]{43}$/);
    const program = test.anonymous();
    const session = await program.request<Session>('GET', '/api/session', undefined, bearer(secret));
    expect([session.status, session.body.role]).toEqual([200, 'physicist']);
    const [listed] = (await client.request<Token[]>('GET', '/api/tokens')).body;
    expect(listed).toMatchObject({ id: token.id, lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect((await client.request('DELETE', `/api/tokens/${token.id}`)).status).toBe(204);
    expect((await program.request('GET', '/api/session', undefined, bearer(secret))).status).toBe(401);
    expect(await auditedActions(`token:${token.id}`)).toEqual(['token.created', 'token.revoked']);
  });

  it('is refused for another’s role, to nobody, and to a token itself; another’s is not found', async () => {
    const { client } = await person('scripter');
    const made = await client.request<{ token: Token; secret: string }>('POST', '/api/tokens', { name: 'own', role: 'technologist' });
    const body = { name: 'more', role: 'technologist' };
    const program = test.anonymous();
    expect((await program.request('POST', '/api/tokens', body, bearer(made.body.secret))).status).toBe(403);
    expect((await program.request('PUT', '/api/session/role', { role: 'physicist' }, bearer(made.body.secret))).status).toBe(403);
    expect((await program.request('DELETE', '/api/session', undefined, bearer(made.body.secret))).status).toBe(403);
    expect(
      await statusesOf([
        [test.anonymous(), 'POST', '/api/tokens', body],
        [client, 'POST', '/api/tokens', { ...body, role: 'admin' }],
        [client, 'POST', '/api/tokens', { ...body, days: 1000 }],
        [await test.as('manager'), 'DELETE', `/api/tokens/${made.body.token.id}`],
      ]),
    ).toEqual([401, 403, 400, 404]);
  });

  it('that is wrong is nobody, whatever cookie comes with it; other schemes are a proxy’s', async () => {
    const { client } = await person('scripter');
    expect((await client.request('GET', '/api/session', undefined, bearer('vigie_' + 'x'.repeat(43)))).status).toBe(401);
    expect((await client.request('GET', '/api/session', undefined, { authorization: 'Basic abc' })).status).toBe(200);
  });
});

describe('the first start', () => {
  it('makes no administrator when there are users', async () => {
    expect(await ensureFirstAdmin(test.ctx)).toBeUndefined();
  });
});

describe('a session in time', () => {
  it('ends twelve hours after signing in', async () => {
    const { client } = await person('late');
    test.clock.advance(11.9 * 3600_000);
    expect((await client.request('GET', '/api/session')).status).toBe(200);
    test.clock.advance(0.2 * 3600_000);
    expect((await client.request('GET', '/api/session')).status).toBe(401);
  });
});
