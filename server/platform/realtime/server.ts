import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import {
  HEARTBEAT_MS,
  parseTopic,
  type ClientToServer,
  type ServerToClient,
  type Topic,
  type TopicEvent,
  type WatchReply,
} from '#shared/realtime.ts';
import { actorMay, type Actor } from '../context.ts';
import { CATCH_UP_LIMIT, type EventLog, type StoredEvent } from '../events.ts';
import type { Log } from '../log.ts';
import { CLASSES, classOf, present, type Presenters, type Viewer } from './presentation.ts';
import { TOPIC_RIGHTS } from './rights.ts';

/** Who is behind a socket. `session` names what his right to be here hangs on. */
export interface SocketIdentity {
  actor: Actor;
  viewer: Viewer;
  session: string;
}

interface SocketData {
  identity: SocketIdentity;
  topics: Set<Topic>;
}
type LiveServer = Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;

interface RealtimeDeps {
  httpServer: HttpServer;
  events: EventLog;
  presenters: Presenters;
  /** Reads the cookie or token of a handshake; undefined: nobody. */
  authenticate: (request: IncomingMessage) => Promise<SocketIdentity | undefined>;
  /** Of these sessions, those that still hold. */
  stillValid: (sessions: readonly string[]) => Promise<ReadonlySet<string>>;
  build: string;
  now: () => Date;
  log: Log;
  heartbeatMs?: number;
}

const MOST_TOPICS = 50;
const BATCH = 200;

export type Realtime = ReturnType<typeof startRealtime>;

/**
 * The live channel: topics with revisions, catch-up from the event log, rights checked at `watch`, one presentation per class of viewers, and a
 * heartbeat that is sent only when the database has confirmed the revisions it carries.
 */
export function startRealtime(deps: RealtimeDeps) {
  const { events, now, log } = deps;
  const io: LiveServer = new Server(deps.httpServer, {
    path: '/socket.io/',
    transports: ['websocket', 'polling'],
    serveClient: false,
    pingInterval: 5000,
    pingTimeout: 5000,
    maxHttpBufferSize: 64 * 1024,
    perMessageDeflate: false,
    allowRequest: (request, done) => done(null, sameOrigin(request)),
  });

  io.use((socket, next) => {
    void deps
      .authenticate(socket.request)
      .then((identity) => {
        if (!identity) return next(new Error('session.none'));
        socket.data.identity = identity;
        socket.data.topics = new Set();
        next();
      })
      .catch((error: unknown) => {
        log.warn({ err: error }, 'socket not authenticated');
        next(new Error('unavailable'));
      });
  });

  io.on('connection', (socket) => {
    void socket.join(sessionRoom(socket.data.identity.session));
    if (socket.data.identity.actor.id) void socket.join(actorRoom(socket.data.identity.actor.id));
    socket.emit('heartbeat', { at: now().toISOString(), build: deps.build, revisions: {} });
    // Watches of one socket run one after another: a catch-up must not be overtaken by the next.
    let turn = Promise.resolve();
    socket.on('watch', (request, reply) => {
      turn = turn.then(() => answerWatch(socket, request, reply));
    });
    socket.on('unwatch', (request, reply) => {
      const topic = parseTopic(request?.topic);
      if (topic) leave(socket, topic);
      if (typeof reply === 'function') reply({ ok: topic !== undefined });
    });
  });

  async function answerWatch(socket: LiveSocket, request: unknown, reply: unknown): Promise<void> {
    const answer = typeof reply === 'function' ? (reply as (answer: WatchReply) => void) : () => undefined; // Socket.IO gives an acknowledgement or nothing
    try {
      answer(await watch(socket, request));
    } catch (error) {
      log.warn({ err: error }, 'watch failed');
      answer({ ok: false, code: 'unavailable' });
    }
  }

  async function watch(socket: LiveSocket, request: unknown): Promise<WatchReply> {
    const { topic: name, last } = (typeof request === 'object' && request !== null ? request : {}) as { topic?: unknown; last?: unknown }; // each part is checked below
    const topic = parseTopic(name);
    if (!topic || !(last === undefined || (Number.isSafeInteger(last) && Number(last) >= 0))) return { ok: false, code: 'invalid' };
    const { actor, viewer } = socket.data.identity;
    if (!mayWatch(actor, topic)) return { ok: false, code: 'forbidden' };
    if (socket.data.topics.size >= MOST_TOPICS && !socket.data.topics.has(topic)) return { ok: false, code: 'too-many' };
    leave(socket, topic);
    const revision = await events.revision(topic);
    const since = last === undefined ? revision : Number(last);
    const caughtUp = await catchUp(socket, topic, viewer, since, revision);
    if (caughtUp === 'stale') {
      return { ok: true, revision: join(socket, topic, Math.max(revision, events.emittedOr(topic, revision))), stale: true };
    }
    return { ok: true, revision: join(socket, topic, caughtUp) };
  }

  /** Sends what was missed, in order; says `stale` when that is too much or no longer known. Resolves to the revision reached. */
  async function catchUp(socket: LiveSocket, topic: Topic, viewer: Viewer, since: number, revision: number): Promise<number | 'stale'> {
    if (since > revision || revision - since > CATCH_UP_LIMIT) return 'stale';
    let cursor = since;
    for (;;) {
      const missed = await events.read(topic, cursor, BATCH);
      for (const event of missed) {
        if (event.revision !== cursor + 1) return 'stale'; // older than the log is kept
        send(socket, event, viewer);
        cursor = event.revision;
      }
      // Joining is synchronous with this look: what is emitted here after it reaches the room.
      if (missed.length < BATCH) {
        if (cursor < revision) return 'stale';
        if (events.emittedOr(topic, cursor) <= cursor) return cursor;
      }
    }
  }

  function join(socket: LiveSocket, topic: Topic, revision: number): number {
    socket.data.topics.add(topic);
    void socket.join(roomOf(topic, classOf(socket.data.identity.viewer)));
    return revision;
  }

  function leave(socket: LiveSocket, topic: Topic): void {
    socket.data.topics.delete(topic);
    void socket.leave(roomOf(topic, classOf(socket.data.identity.viewer)));
  }

  function send(socket: LiveSocket, event: StoredEvent, viewer: Viewer): void {
    const presented = present(deps.presenters, event, viewer);
    emitTo(socket, presented.type, presented);
  }

  events.listen((event) => {
    for (const [name, viewer] of CLASSES) {
      const room = roomOf(event.topic, name);
      if (!io.sockets.adapter.rooms.has(room)) continue;
      const presented = present(deps.presenters, event, viewer);
      emitTo(io.to(room), presented.type, presented);
    }
  });

  async function beat(): Promise<void> {
    const sockets = [...io.sockets.sockets.values()];
    const topics = [...new Set(sockets.flatMap((socket) => [...socket.data.topics]))];
    const [revisions, valid] = await Promise.all([
      events.revisions(topics),
      deps.stillValid([...new Set(sockets.map((socket) => socket.data.identity.session))]),
    ]);
    const at = now().toISOString();
    for (const socket of sockets) {
      if (!valid.has(socket.data.identity.session)) {
        endSocket(socket, 'session.none');
        continue;
      }
      const own = Object.fromEntries([...socket.data.topics].map((topic) => [topic, revisions.get(topic) ?? 0]));
      socket.emit('heartbeat', { at, build: deps.build, revisions: own });
    }
  }

  const timer = setInterval(() => {
    // No heartbeat without the database: a screen must not believe what nobody could confirm.
    beat().catch((error: unknown) => log.warn({ err: error }, 'no heartbeat: the database does not answer'));
  }, deps.heartbeatMs ?? HEARTBEAT_MS);

  function endSocket(socket: LiveSocket, code: string): void {
    socket.emit('session:ended', { code });
    socket.disconnect(true);
  }

  function endRoom(room: string, code: string): void {
    io.to(room).emit('session:ended', { code });
    io.in(room).disconnectSockets(true);
  }

  return {
    /** Closes the sockets of a session that ended or changed. */
    endSession: (session: string, code = 'session.none') => endRoom(sessionRoom(session), code),
    /** Closes all sockets of a user or screen. */
    endActor: (id: string, code = 'session.none') => endRoom(actorRoom(id), code),
    /** How many sockets are open. */
    size: () => io.sockets.sockets.size,
    async close(): Promise<void> {
      clearInterval(timer);
      await io.close();
    },
  };
}

function mayWatch(actor: Actor, topic: Topic): boolean {
  const [kind] = topic.split(':') as [keyof typeof TOPIC_RIGHTS]; // a plain topic's name, or the kind of record
  const right = TOPIC_RIGHTS[kind];
  return right === 'session' ? actor.kind === 'user' || actor.kind === 'token' : actorMay(actor, right);
}

/** The typed `emit` wants one event's name and data; here both come from one stored fact. */
function emitTo(target: unknown, type: string, event: TopicEvent): void {
  (target as { emit(type: string, event: TopicEvent): void }).emit(type, event);
}

/** Browsers send where a page comes from; a page of another site may not open a socket with the reader's cookie. */
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === (request.headers['x-forwarded-host'] ?? host);
}

function roomOf(topic: Topic, viewerClass: string): string {
  return `${topic}|${viewerClass}`;
}

function sessionRoom(session: string): string {
  return `session|${session}`;
}

function actorRoom(id: string): string {
  return `actor|${id}`;
}
