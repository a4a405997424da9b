import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Log } from '#server/platform/log.ts';
import type { Archive } from './archive.ts';
import { COMMAND, type CommandSet } from './command-set.ts';
import { guardSocket, type Guard, type GuardEnd } from './guard.ts';
import { STATUS, type Incoming, type Reception } from './incoming.ts';
import type { Limits } from './limits.ts';
import type { AcceptedContext } from './negotiate.ts';
import type { Action, AssociationObserver, AssociationProgress, EndReason, OpenedAssociation, RefusalReason } from './observer.ts';
import type { AssociateRequest } from './pdu.ts';
import { refusalReason, type Rejection } from './rejection.ts';

export type AssociationRight = 'echo' | 'store' | 'find' | 'move' | 'get';

export interface AdmissionRequest {
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly address: string;
  readonly contexts: readonly { readonly sopClass: string; readonly transferSyntaxes: readonly string[] }[];
}

/** Whether a caller may come in, and what it may do; or how it is refused, and why in words without identity (for the monitor). */
export type Admission = { readonly rights: readonly AssociationRight[] } | { readonly refuse: Rejection; readonly why: string };

export interface SessionDeps {
  readonly archive: Archive;
  readonly observer: AssociationObserver;
  readonly log: Log;
  readonly limits: Limits;
  readonly admit: (request: AdmissionRequest) => Promise<Admission>;
  readonly extraSopClasses: () => readonly string[];
  /** How many associations run; more than the limit are refused. */
  readonly open: Set<Session>;
  readonly closing: () => boolean;
  /** Objects that came whole and are being stored. */
  readonly storing: Set<Promise<unknown>>;
  readonly onGone: (session: Session) => void;
}

export interface Serving {
  /** Bytes of the data set that is arriving. */
  data(bytes: Buffer): void;
  /** The message is whole. */
  complete(): void;
}

/** One connection, from its first byte to its last: what the monitor shows of it, and what its messages are allowed. */
export interface Session {
  readonly id: string;
  readonly address: string;
  readonly tls: boolean;
  readonly deps: SessionDeps;
  readonly guard: Guard;
  /** True from our A-ASSOCIATE-AC to the end: nothing is executed outside. */
  accepted: boolean;
  rights: readonly AssociationRight[];
  contexts: ReadonlyMap<number, AcceptedContext>;
  opened: OpenedAssociation | null;
  rejection: Rejection | null;
  why: string;
  ended: boolean;
  /** The message that is arriving. */
  command: CommandSet | null;
  contextId: number;
  incoming: Incoming | null;
  /** The object that is being stored: it may outlive the connection, and holds its place until then. */
  storing: Promise<unknown>;
  /** Who executes its messages; set right after its making. */
  serving: Serving | null;
  reception: Reception | null;
  readonly counts: {
    action: Action | null;
    messages: number;
    bytes: number;
    toldAt: number;
    succeeded: number;
    failed: number;
    lastStatus: number | null;
  };
  uids: { study: string | null; series: string | null; sop: string | null };
}

/** About one progress call per megabyte between the begin and the end of a message. */
const PROGRESS_BYTES = 1_048_576;

/** Begins a session on a socket that has just connected. */
export function createSession(socket: Socket, about: { address: string; tls: boolean }, deps: SessionDeps): Session {
  const events = {
    requested: (request: AssociateRequest) => void request,
    commanded: (command: CommandSet, contextId: number) => begin(session, command, contextId),
    data: (bytes: Buffer) => session.serving?.data(bytes),
    complete: () => session.serving?.complete(),
    bytes: (count: number) => countBytes(session, count),
    ended: (end: GuardEnd, detail: string | null) => finish(session, end, detail),
  };
  const session: Session = {
    ...{ id: randomUUID(), ...about, deps, guard: guardSocket(socket, deps.limits, events, Date.now()), accepted: false, rights: [] },
    ...{
      contexts: new Map(),
      opened: null,
      rejection: null,
      why: '',
      ended: false,
      command: null,
      contextId: 0,
      incoming: null,
      serving: null,
      storing: Promise.resolve(),
    },
    ...{ reception: null, counts: { action: null, messages: 0, bytes: 0, toldAt: 0, succeeded: 0, failed: 0, lastStatus: null } },
    uids: { study: null, series: null, sop: null },
  };
  socket.once('close', () => deps.onGone(session));
  return session;
}

/** The association was accepted. */
export function openSession(session: Session, request: AssociateRequest): void {
  const { id, address, tls } = session;
  const { callingAeTitle, calledAeTitle } = request;
  session.opened = { id, service: 'SCP', callingAeTitle, calledAeTitle, address, tls, startedAt: new Date() };
  session.accepted = true;
  session.deps.open.add(session);
  const { opened } = session;
  tell(session.deps, (observer) => observer.opened(opened));
}

/** Writes down an answer. */
export function answered(session: Session, status: number): void {
  const { counts } = session;
  counts.lastStatus = status;
  if (status === STATUS.success || (status & 0xf000) === 0xb000) counts.succeeded++;
  else counts.failed++;
  progress(session);
}

export function progressOf(session: Session): AssociationProgress {
  const { counts, uids, guard } = session;
  return {
    action: counts.action,
    messages: counts.messages,
    bytes: counts.bytes,
    lastByteAt: new Date(guard.lastByteAt),
    studyInstanceUid: uids.study,
    seriesInstanceUid: uids.series,
    sopInstanceUid: uids.sop,
    lastStatus: counts.lastStatus,
    succeeded: counts.succeeded,
    failed: counts.failed,
  };
}

export function progress(session: Session): void {
  if (!session.accepted) return;
  session.counts.toldAt = session.counts.bytes;
  tell(session.deps, (observer) => observer.progress(session.id, progressOf(session)));
}

/** Calls the observer; what it throws is its own fault and must not touch the association. */
export function tell(deps: SessionDeps, call: (observer: AssociationObserver) => void): void {
  try {
    call(deps.observer);
  } catch (error) {
    deps.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'an association observer threw');
  }
}

function begin(session: Session, command: CommandSet, contextId: number): void {
  session.command = command;
  session.contextId = contextId;
  const supported = command.commandField === COMMAND.cEchoRq || command.commandField === COMMAND.cStoreRq;
  if (!supported) return session.guard.abort('protocol error', 'a command that is not supported here');
  if (!session.contexts.has(contextId)) return session.guard.abort('protocol error', 'a context that was not accepted');
  const isEcho = command.commandField === COMMAND.cEchoRq;
  if (isEcho && command.hasDataSet) return session.guard.abort('protocol error', 'a C-ECHO with a data set');
  session.counts.action = isEcho ? 'CECHO' : 'CSTORE';
  session.counts.messages++;
  if (!isEcho) session.uids = { ...session.uids, sop: command.affectedSopInstanceUid || null };
  progress(session);
}

function countBytes(session: Session, count: number): void {
  session.counts.bytes += count;
  if (session.counts.bytes - session.counts.toldAt > PROGRESS_BYTES) progress(session);
}

function finish(session: Session, end: GuardEnd, detail: string | null): void {
  if (session.ended) return;
  session.ended = true;
  session.accepted = false;
  session.deps.open.delete(session);
  const { incoming } = session;
  // A message that came whole is being stored: that goes on, its answer has nobody to go to. Half an object is thrown away.
  if (incoming && session.reception === null) keepUntilDone(session, incoming.discard());
  if (session.opened) tellEnded(session, end, detail);
  else tellRefused(session, end, detail);
}

/** Work that outlives the connection: the server does not close before it is done, and no file stays open behind it. */
export function keepUntilDone(session: Session, work: Promise<unknown>): void {
  session.storing = work;
  const { storing } = session.deps;
  storing.add(work);
  void work.finally(() => storing.delete(work));
}

function tellEnded(session: Session, end: GuardEnd, detail: string | null): void {
  const reason = endReason(session, end);
  const status = reason === 'released' ? 0x0000 : 0xa801;
  tell(session.deps, (observer) => observer.ended({ id: session.id, ...progressOf(session), status, reason, detail, endedAt: new Date() }));
}

function endReason(session: Session, end: GuardEnd): EndReason {
  if (end === 'silent' || end === 'rejected') return 'timeout'; // cannot be, after an acceptance
  return end === 'aborted by us' && session.deps.closing() ? 'shutting down' : end;
}

function tellRefused(session: Session, end: GuardEnd, detail: string | null): void {
  const { request } = session.guard;
  const { rejection, address, why } = session;
  if (!rejection && end === 'connection lost' && !request) return; // a port check: somebody connected and left
  const titles = { callingAeTitle: request?.callingAeTitle ?? null, calledAeTitle: request?.calledAeTitle ?? null };
  const reason = rejection ? refusalReason(rejection) : silentOr(end);
  tell(session.deps, (observer) =>
    observer.refused({ address, ...titles, reason, rejection, detail: why || (detail ?? ''), at: new Date() }),
  );
}

function silentOr(end: GuardEnd): RefusalReason {
  return end === 'silent' ? 'silent' : 'protocol error';
}
