import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Log } from '#server/platform/log.ts';
import { closeArchive, openArchive } from './archive.ts';
import { PDU_TOLERANCE } from './inbound.ts';
import { createDoorkeeper, DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { AssociationObserver, AssociationProgress, OpenedAssociation, RefusalReason } from './observer.ts';
import { Service } from './scp.ts';
import { readShared } from './shared-read.ts';
import { createSession, progressOf, tell, type Admission, type AdmissionRequest, type Session, type SessionDeps } from './session.ts';
import type { StorageSink } from './storage.ts';

export type { Admission, AdmissionRequest } from './session.ts';

/** Key and certificates, as PEM. */
export interface ServerTls {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Authorities a client's certificate must come from. */
  readonly ca?: string | Buffer;
  readonly requireClientCertificate?: boolean;
}

export interface ScpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: ServerTls;
  /** Decides on every request for an association, its called AE title included. A throw refuses with 2-3-1, temporary congestion. */
  readonly admit: (request: AdmissionRequest) => Promise<Admission>;
  readonly sink: StorageSink;
  readonly observer: AssociationObserver;
  readonly log: Log;
  /** Private storage SOP classes an administrator has named; asked at each association. */
  readonly extraSopClasses?: () => readonly string[];
  readonly limits?: Partial<Limits>;
}

export type RunningAssociation = OpenedAssociation & AssociationProgress;

export interface DicomServer {
  readonly port: number;
  /** Ends a running association by A-ABORT; false when it does not run. */
  abort(id: string): boolean;
  running(): readonly RunningAssociation[];
  /** Takes no more connections, aborts what runs, and waits for objects that were whole. */
  close(): Promise<void>;
}

interface Door {
  readonly socket: Socket;
  readonly address: string;
  /** Address and port: a TLS socket is known by them to be that connection. */
  readonly peer: string;
  readonly openedAt: number;
  session: Session | null;
  standing(): 'silent' | 'talking' | 'leaving';
  drop(): void;
}

const TICK_MS = 500;

/**
 * Starts a DICOM server for C-ECHO and C-STORE. Every connection goes through a guard; nothing a peer sends makes it throw.
 *
 * @throws when the address cannot be listened on or the archive's folders cannot be made. Call `recover` before.
 */
export async function startScp(options: ScpOptions): Promise<DicomServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const state = { closing: false };
  const sessions = new Set<Session>();
  const deps: SessionDeps = {
    archive: await openArchive(options.sink, limits.pduBytes + PDU_TOLERANCE),
    ...{ observer: options.observer, log: options.log, limits, admit: options.admit },
    extraSopClasses: options.extraSopClasses ?? (() => []),
    open: new Set(),
    closing: () => state.closing,
    storing: new Set(),
    onGone: (session) => sessions.delete(session),
  };
  const doors = createDoors(deps, sessions);
  const server = createListener(options, limits, doors.talk);
  server.on('connection', (accepted) => {
    const socket = options.tls ? accepted : readShared(accepted);
    doors.knock(socket);
    if (!options.tls) doors.talk(socket);
  });
  server.on('tlsClientError', (_error: Error, socket: Socket) => refuseDoor(deps, addressOf(socket), 'TLS failed'));
  await listen(server, options.port, options.host).catch(async (error: unknown) => {
    await closeArchive(deps.archive); // it is tried again every few seconds, each time with an archive of its own
    throw error;
  });
  const timer = setInterval(() => tickAll(sessions), Math.min(TICK_MS, limits.associateMs / 4, limits.closeMs / 4));
  timer.unref();

  return {
    port: portOf(server),
    abort: (id) => abortOne(deps.open, id),
    running: () => [...deps.open].flatMap((session) => (session.opened ? [{ ...session.opened, ...progressOf(session) }] : [])),
    async close() {
      state.closing = true;
      const closed = Promise.all([new Promise((resolve) => server.close(resolve)), doors.emptied()]);
      for (const session of sessions) session.guard.abort('aborted by us', 'the server is shutting down');
      await Promise.all(deps.storing);
      for (const socket of doors.sockets()) socket.destroySoon();
      await Promise.race([closed, sleep(limits.closeMs, undefined, { ref: false })]);
      for (const socket of doors.sockets()) socket.destroy();
      await closed;
      clearInterval(timer);
      await closeArchive(deps.archive);
    },
  };
}

interface Doors {
  /** A connection was made: may it stay? */
  readonly knock: (socket: Socket) => void;
  /** A connection can speak, its TLS handshake done. */
  readonly talk: (socket: Socket | TLSSocket) => void;
  sockets(): Iterable<Socket>;
  /** Resolves once the last connection is closed. */
  emptied(): Promise<void>;
}

function createDoors(deps: SessionDeps, sessions: Set<Session>): Doors {
  const keeper = createDoorkeeper(deps.limits);
  const doors = new Map<Socket, Door>();
  const byPeer = new Map<string, Door>();
  const onEmpty = new Set<() => void>();

  function knock(socket: Socket): void {
    const door = createDoor(socket);
    socket.on('error', () => undefined); // a broken connection is told by the session, or was none
    const entry = deps.closing() ? 'connection limit' : keeper.enter(door);
    if (entry !== 'entered') {
      refuseDoor(deps, door.address, entry);
      socket.destroy();
      return;
    }
    doors.set(socket, door);
    byPeer.set(door.peer, door);
    socket.once('close', () => {
      doors.delete(socket);
      byPeer.delete(door.peer);
      if (doors.size === 0) for (const told of onEmpty) told();
      // Its last object may still be on the way to the disk: who sends and leaves at once must not pile them up.
      void (door.session?.storing ?? Promise.resolve()).then(() => keeper.leave(door));
    });
  }

  function talk(socket: Socket | TLSSocket): void {
    const door = byPeer.get(peerOf(socket));
    if (!door || socket.destroyed) return void socket.destroy();
    socket.setNoDelay(true);
    const session = createSession(socket, { address: door.address, tls: 'encrypted' in socket }, deps);
    door.session = session;
    sessions.add(session);
    new Service(session);
  }

  const emptied = () => new Promise<void>((resolve) => (doors.size === 0 ? resolve() : onEmpty.add(resolve)));
  return { knock, talk, sockets: () => doors.keys(), emptied };
}

function createListener(options: ScpOptions, limits: Limits, talk: (socket: TLSSocket) => void): Server {
  const { tls } = options;
  if (!tls) return createServer({ noDelay: true });
  const requestCert = tls.requireClientCertificate === true;
  return createTlsServer(
    {
      ...{ key: tls.key, cert: tls.cert, requestCert, rejectUnauthorized: requestCert, handshakeTimeout: limits.associateMs },
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    },
    talk,
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => undefined); // accept() failing (no more file descriptors) must not end the process
      resolve();
    });
  });
}

function createDoor(socket: Socket): Door {
  const door: Door = {
    socket,
    address: addressOf(socket),
    peer: peerOf(socket),
    openedAt: Date.now(),
    session: null,
    standing: () => standingOf(door.session),
    drop() {
      door.session?.guard.abort('silent', 'dropped for another connection');
      socket.destroy();
    },
  };
  return door;
}

function standingOf(session: Session | null): 'silent' | 'talking' | 'leaving' {
  const state = session?.guard.state ?? 'waiting';
  if (state === 'waiting') return 'silent';
  return state === 'closing' || state === 'closed' ? 'leaving' : 'talking';
}

function refuseDoor(deps: SessionDeps, address: string, reason: RefusalReason): void {
  const refusal = { address, callingAeTitle: null, calledAeTitle: null, reason, rejection: null, detail: '', at: new Date() };
  tell(deps, (observer) => observer.refused(refusal));
}

function tickAll(sessions: ReadonlySet<Session>): void {
  const now = Date.now();
  for (const session of sessions) session.guard.tick(now);
}

function abortOne(open: ReadonlySet<Session>, id: string): boolean {
  const session = [...open].find((one) => one.id === id);
  session?.guard.abort('aborted by us', 'aborted by an administrator');
  return session !== undefined;
}

function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function peerOf(socket: Socket): string {
  return `${addressOf(socket)} ${socket.remotePort ?? 0}`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the DICOM server has no port');
  return address.port;
}
