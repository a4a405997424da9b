import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import type { AnyEndpoint, CallInput, Reply } from '#shared/http.ts';
import { ROLES, type Role } from '#shared/roles.ts';
import type { ClientToServer, ServerToClient, Topic, TopicEvent, WatchReply } from '#shared/realtime.ts';
import { ensureUser } from '#server/domains/accounts/index.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import type { QaSource } from '#server/domains/qa/index.ts';
import { SYSTEM, type Context } from '#server/platform/context.ts';
import { buildName, serveClient } from '#server/platform/http/client-files.ts';
import { createLog } from '#server/platform/log.ts';
import { connectDatabase } from '#server/platform/mongo/connect.ts';
import { createIndexes } from '#server/platform/mongo/models.ts';
import { startDicom } from '#server/reception.ts';
import { readSettings, type Settings } from '#server/settings.ts';
import { createSite, type Site } from '#server/site.ts';
import { createWeb } from '#server/web.ts';

/** Password of every test account. */
export const PASSWORD = 'a test password';

export const TEST_MACHINES = [
  { id: 'versa-hd-1', name: 'Versa HD 1', shortName: 'VHD1', colour: '#0288D1' },
  { id: 'versa-hd-2', name: 'Versa HD 2', shortName: 'VHD2', colour: '#FF9800' },
] as const;

/** What an answer was: the status, and the body as JSON. */
export interface Answer<T = unknown> {
  status: number;
  body: T;
  headers: Headers;
}

/** A browser without a page: it keeps its cookies and sends JSON. */
export interface Client {
  cookie: string;
  request<T = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Makes a call of the contract; throws when it does not succeed. */
  call<E extends AnyEndpoint>(endpoint: E, input?: Partial<CallInput<E>>): Promise<Reply<E>>;
}

/** A live connection that keeps all that it receives. */
export interface Watcher {
  socket: Socket<ServerToClient, ClientToServer>;
  received: TopicEvent[];
  watch(topic: Topic, last?: number): Promise<WatchReply>;
  /** Waits until something received satisfies a condition. */
  until(condition: (event: TopicEvent) => boolean, timeoutMs?: number): Promise<TopicEvent>;
  close(): void;
}

export interface TestApp {
  app: Site;
  url: string;
  settings: Settings;
  clock: { advance(ms: number): void; now(): Date };
  /** The port of DICOM reception; 0 when it was not asked for. */
  dicomPort(): number;
  /** A client signed in as the test account of a role. */
  as(role: Role): Promise<Client>;
  anonymous(): Client;
  watcher(client: Client): Promise<Watcher>;
  /** A context of the application itself, for preparing data. */
  ctx: Context;
  close(): Promise<void>;
}

interface TestOptions {
  env?: Record<string, string>;
  heartbeatMs?: number;
  /** Receives DICOM too, on a port of its own. */
  dicom?: boolean;
  /** A free one unless told. */
  dicomPort?: number;
  /** Keeps its data, for tests that stop and start again. */
  dataDir?: string;
  /** A free port unless told. */
  port?: number;
  /** Serves the built client too. */
  client?: boolean;
  /** The build that the heartbeat names; that of the built client unless told. */
  build?: string;
  /** The site's source of controls. */
  artiscan?: QaSource;
  /** What the clock shows at the start; the real time unless told. */
  at?: Date;
}

/**
 * Starts the whole application on a free port of loopback with a database of its own (the embedded one, or a database of `MONGODB_URI`), one account per
 * role and two machines. The clock runs, and can be put forward.
 */
export async function startTestApp(options: TestOptions = {}): Promise<TestApp> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'vigie-test-')));
  const settings = readSettings({ NODE_ENV: 'test', LOG_LEVEL: 'error', DATA_DIR: dataDir, ...testMongo(), ...options.env });
  const log = createLog(settings.LOG_LEVEL);
  let offsetMs = offsetTo(options.at);
  const clock = { advance: (ms: number) => void (offsetMs += ms), now: () => new Date(Date.now() + offsetMs) };
  const database = await connectDatabase({ uri: settings.MONGODB_URI, dataDir, log });
  await createIndexes(database.connection, log);
  const app = await createSite({ settings, database, log, now: clock.now, demo: null, artiscan: options.artiscan });
  const web = createWeb(app, {
    ...{ settings, database, log, now: clock.now, demo: null },
    build: options.build ?? (options.client ? buildName() : 'test'),
    ...(options.client ? { serveClient: serveClient() } : {}),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  const ctx = app.contexts({ actor: SYSTEM, locale: 'fr', from: 'test' });
  for (const role of ROLES) await ensureUser(ctx, { username: role, name: nameOf(role), roles: [role], password: PASSWORD });
  for (const machine of TEST_MACHINES) await ensureMachine(ctx, { ...machine, kind: 'linac' });
  await new Promise<void>((resolve) => web.httpServer.listen(options.port ?? 0, '127.0.0.1', resolve));
  const dicom = { ...settings, DICOM_PORT: options.dicomPort ?? 0 };
  const reception = options.dicom ? await startDicom(app, { settings: dicom, log, now: clock.now }) : undefined;
  const { port } = web.httpServer.address() as AddressInfo; // listening on TCP
  const url = `http://127.0.0.1:${port}`;
  const watchers: Watcher[] = [];
  return {
    app,
    url,
    settings,
    clock,
    ctx,
    dicomPort: () => reception?.port() ?? 0,
    anonymous: () => clientOf(url),
    as: (role) => signedIn(url, role),
    watcher: async (client) => {
      const watcher = await watcherOf(url, client);
      watchers.push(watcher);
      return watcher;
    },
    close: async () => {
      for (const watcher of watchers) watcher.close();
      await reception?.close();
      app.close();
      await web.close();
      if (settings.MONGODB_URI) await database.connection.dropDatabase();
      await database.close();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function offsetTo(at: Date = new Date()): number {
  return at.getTime() - Date.now();
}

/** The name of the test account of a role. */
export function nameOf(role: Role): string {
  return `Test ${role}`;
}

/** A client of a running server, signed in. */
export async function signedIn(url: string, username: string, password = PASSWORD): Promise<Client> {
  const client = clientOf(url);
  const answer = await client.request('POST', '/api/session', { username, password });
  if (answer.status !== 200) throw new Error(`signing in as ${username} answered ${answer.status}`);
  return client;
}

/** A client of a running server that nobody signed in. */
export function clientOf(url: string): Client {
  const client: Client = {
    cookie: '',
    async request<T>(method: string, pathname: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(`${url}${pathname}`, {
        method,
        headers: {
          ...(client.cookie ? { cookie: client.cookie } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(15_000),
      });
      keepCookies(client, response.headers.getSetCookie());
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T }; // the caller names what he expects
    },
    async call(endpoint, input = {}) {
      const {
        params = {},
        query = {},
        body,
      } = input as { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }; // by the endpoint's own schemas
      const pathname = endpoint.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
      const search = new URLSearchParams(Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))).toString();
      const answer = await client.request(endpoint.method.toUpperCase(), search ? `${pathname}?${search}` : pathname, body);
      if (answer.status >= 400)
        throw new Error(`${endpoint.method} ${endpoint.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body as never; // the endpoint's reply
    },
  };
  return client;
}

/** A live connection of a client. */
export async function watcherOf(url: string, client: Client): Promise<Watcher> {
  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    transports: ['websocket'],
    extraHeaders: { cookie: client.cookie },
    reconnectionDelay: 200,
    reconnectionDelayMax: 1000,
    forceNew: true,
  });
  const received: TopicEvent[] = [];
  const waiting = new Set<(event: TopicEvent) => void>();
  socket.onAny((name: string, event: TopicEvent) => {
    if (name === 'heartbeat' || name === 'session:ended') return;
    received.push(event);
    for (const tell of waiting) tell(event);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return {
    socket,
    received,
    watch: (topic, last) => socket.timeout(10_000).emitWithAck('watch', { topic, ...(last === undefined ? {} : { last }) }),
    until: (condition, timeoutMs = 5000) => {
      const already = received.find(condition);
      if (already) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('what was waited for did not come')), timeoutMs);
        const tell = (event: TopicEvent): void => {
          if (!condition(event)) return;
          clearTimeout(timer);
          waiting.delete(tell);
          resolve(event);
        };
        waiting.add(tell);
      });
    },
    close: () => void socket.disconnect(),
  };
}

function keepCookies(client: Client, set: readonly string[]): void {
  const jar = new Map(client.cookie ? client.cookie.split('; ').map((pair) => pair.split('=', 2) as [string, string]) : []); // name and value
  for (const line of set) {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=', 2);
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  client.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** With `MONGODB_URI` every test application gets a database of its own there. */
function testMongo(): Record<string, string> {
  const given = process.env.MONGODB_URI;
  if (!given) return {};
  const uri = new URL(given);
  uri.pathname = `/vigie-test-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  return { MONGODB_URI: uri.href };
}
