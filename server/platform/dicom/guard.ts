import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { writeCommandSet, type CommandSet } from './command-set.ts';
import { createInbound, receiveBytes, takeNext, type Inbound } from './inbound.ts';
import type { Limits } from './limits.ts';
import { ABORT, PDU, PDU_HEADER_BYTES, ProtocolFault, readAssociateRequest, writeAbort, writeAssociateRequest, writeData } from './pdu.ts';
import type { AbortReason, AssociateRequest } from './pdu.ts';

/**
 * Where a connection stands: `waiting` for A-ASSOCIATE-RQ, `deciding` on it, `open`, `closing` (we sent the last PDU), `closed`.
 */
type State = 'waiting' | 'deciding' | 'open' | 'closing' | 'closed';

/** Why a connection ended, when it did not end by a release or a rejection of ours. */
export type GuardEnd =
  'released' | 'rejected' | 'aborted by peer' | 'aborted by us' | 'connection lost' | 'protocol error' | 'timeout' | 'silent';

export interface GuardEvents {
  /** The peer asks for an association; the library hears of it right after. */
  requested(request: AssociateRequest): void;
  /** A command set has come whole. Its data set, if any, follows. */
  commanded(command: CommandSet, contextId: number): void;
  /** Bytes of the data set, valid only during the call. */
  data(bytes: Buffer): void;
  /** The message is whole: nothing more is shown before the library has answered it. */
  complete(): void;
  bytes(count: number): void;
  /** Called once. `detail` says what was wrong, without any value the peer sent. */
  ended(end: GuardEnd, detail: string | null): void;
}

/** What the library takes for a socket. It sees whole, checked PDUs only, and of a message its command alone: data sets pass it by. */
export type LibrarySocket = EventEmitter & { setTimeout(ms: number): void; write(bytes: Buffer): boolean };

/**
 * Stands between a socket and the library: PDUs are checked for their type, length and order before the library sees a byte, and a message
 * is answered before the next one is shown. Whatever breaks a rule ends in A-ABORT and a closed connection, never in an exception.
 */
export interface Guard {
  readonly library: LibrarySocket;
  readonly state: State;
  readonly request: AssociateRequest | null;
  readonly lastByteAt: number;
  /** While held, nothing is shown to the library and at most 256 KB wait in memory; the peer then waits too. */
  hold(): void;
  unhold(): void;
  /** Shows the library the command of a message that is whole, so that it executes it. */
  execute(command: CommandSet, contextId: number): void;
  /** Ends what runs: A-ABORT by us (source 0, the service user). */
  abort(end: GuardEnd, detail: string): void;
  /** Checks the time limits; the server calls it regularly. */
  tick(now: number): void;
}

/** Bytes that may wait while the guard is held. */
const MAX_WAITING = 262_144;
/** Bytes of answers a peer may leave unread: ours are of 200 bytes. */
const MAX_UNREAD = 65_536;
/** All that a guard knows of its connection. */
interface Watch {
  readonly socket: Socket;
  readonly limits: Limits;
  readonly events: GuardEvents;
  readonly library: LibrarySocket;
  readonly inbound: Inbound;
  readonly openedAt: number;
  state: State;
  request: AssociateRequest | null;
  lastByteAt: number;
  closingSince: number;
  holds: number;
  /** Whether a message is whole and not answered. */
  answering: boolean;
  draining: boolean;
  ended: boolean;
}

/** Puts a guard before a socket that has just connected. */
export function guardSocket(socket: Socket, limits: Limits, events: GuardEvents, now: number): Guard {
  const library = Object.assign(new EventEmitter(), {
    setTimeout: () => undefined,
    write: (bytes: Buffer): boolean => writeOut(watch, bytes),
  });
  const inbound = createInbound(limits, {
    allowed: () => (watch.state === 'waiting' ? [PDU.associateRq, PDU.abort] : [PDU.data, PDU.releaseRq, PDU.abort]),
    contexts: () => watch.request?.contexts ?? [],
    pdu: (type, whole) => show(watch, type, whole),
    commanded: (command, contextId) => events.commanded(command, contextId),
    data: (bytes) => events.data(bytes),
    complete: () => complete(watch),
  });
  const watch: Watch = {
    ...{ socket, limits, events, library, inbound, openedAt: now, state: 'waiting', request: null, lastByteAt: now },
    ...{ closingSince: 0, holds: 0, answering: false, draining: false, ended: false },
  };
  listen(watch);
  return {
    library,
    get state() {
      return watch.state;
    },
    get request() {
      return watch.request;
    },
    get lastByteAt() {
      return watch.lastByteAt;
    },
    hold: () => void watch.holds++,
    unhold: () => {
      watch.holds--;
      drain(watch);
    },
    execute: (command, contextId) => {
      const shown = writeCommandSet({ ...command, hasDataSet: false });
      if (watch.state === 'open') library.emit('data', writeData(contextId, true, true, shown));
    },
    abort: (end, detail) => abortBy(watch, 0, ABORT.notSpecified, end, detail),
    tick: (at) => tick(watch, at),
  };
}

function listen(watch: Watch): void {
  const { socket } = watch;
  socket.on('data', (bytes: Buffer) => arrive(watch, bytes));
  socket.on('end', () => finish(watch, 'connection lost', 'the peer closed the connection'));
  socket.on('error', () => finish(watch, 'connection lost', 'the connection broke'));
  socket.on('close', () => {
    finish(watch, 'connection lost', 'the connection was closed');
    watch.state = 'closed';
    watch.library.emit('close');
  });
}

function arrive(watch: Watch, bytes: Buffer): void {
  if (watch.state === 'closing' || watch.state === 'closed') return; // nothing counts after the last PDU; read on, so that the close is seen
  watch.lastByteAt = Date.now();
  watch.events.bytes(bytes.length);
  receiveBytes(watch.inbound, bytes, () => drain(watch));
}

/** Takes all that may be taken now. */
function drain(watch: Watch): void {
  if (watch.draining) return; // the library answered from inside: the loop below goes on
  watch.draining = true;
  try {
    while (mayShow(watch) && takeNext(watch.inbound));
  } catch (error) {
    const fault = error instanceof ProtocolFault ? error : new ProtocolFault('the message could not be processed', ABORT.notSpecified);
    abortBy(watch, 2, fault.abortReason, 'protocol error', fault.message);
  } finally {
    watch.draining = false;
  }
  throttle(watch);
}

function mayShow(watch: Watch): boolean {
  return watch.holds === 0 && !watch.answering && (watch.state === 'waiting' || watch.state === 'open');
}

/** Keeps what waits bounded: the kernel's buffers fill, and the peer waits. */
function throttle(watch: Watch): void {
  const { socket, inbound } = watch;
  if (inbound.inflow.bytes > MAX_WAITING && !mayShow(watch)) socket.pause();
  else if (socket.isPaused()) socket.resume();
}

function show(watch: Watch, type: number, whole: Buffer): void {
  const body = whole.subarray(PDU_HEADER_BYTES);
  switch (type) {
    case PDU.associateRq:
      return showRequest(watch, body);
    case PDU.releaseRq:
      if (watch.inbound.contextId !== null) throw new ProtocolFault('a release inside a message', ABORT.unexpected);
      watch.library.emit('data', whole);
      return;
    default:
      watch.state = 'closing';
      finish(watch, 'aborted by peer', null);
      watch.socket.destroy();
  }
}

function showRequest(watch: Watch, body: Buffer): void {
  const request = readAssociateRequest(body);
  watch.request = request;
  watch.state = 'deciding';
  watch.events.requested(request);
  watch.library.emit('data', writeAssociateRequest(request));
}

function complete(watch: Watch): void {
  if (watch.state !== 'open') return; // its command was refused
  watch.answering = true;
  watch.events.complete();
}

/** What the library sends also tells where the connection stands. */
function writeOut(watch: Watch, bytes: Buffer): boolean {
  if (watch.state === 'closing' || watch.state === 'closed') return false;
  const type = bytes.readUInt8(0);
  if (watch.socket.writableLength > MAX_UNREAD) {
    abortBy(watch, 0, ABORT.notSpecified, 'timeout', 'the peer does not read our answers');
    return false;
  }
  watch.socket.write(bytes);
  if (type === PDU.associateAc) watch.state = 'open';
  if (type === PDU.data) watch.answering = false;
  if (type === PDU.associateRj || type === PDU.releaseRp || type === PDU.abort) lastWord(watch, type);
  // Not from inside the library's own call: it still has to forget the message it answered.
  else setImmediate(drain, watch);
  return true;
}

function lastWord(watch: Watch, type: number): void {
  close(watch);
  if (type === PDU.associateRj) finish(watch, 'rejected', null);
  else if (type === PDU.releaseRp) finish(watch, 'released', null);
  else finish(watch, 'aborted by us', null);
}

function abortBy(watch: Watch, source: 0 | 2, reason: AbortReason, end: GuardEnd, detail: string): void {
  if (watch.state === 'closing' || watch.state === 'closed') return;
  // Before an association there is nothing to abort, and whoever speaks no DICOM shall not be answered in it.
  if (watch.state !== 'waiting' && watch.socket.writable) watch.socket.write(writeAbort(source, reason));
  close(watch);
  finish(watch, end, detail);
}

/** Lets the peer read our last PDU, then closes; what it still sends is thrown away. */
function close(watch: Watch): void {
  watch.state = 'closing';
  watch.closingSince = Date.now();
  watch.inbound.inflow.clear();
  if (watch.socket.isPaused()) watch.socket.resume();
  if (watch.socket.writableLength > MAX_UNREAD) watch.socket.destroy();
  else watch.socket.end();
}

function finish(watch: Watch, end: GuardEnd, detail: string | null): void {
  if (watch.ended) return;
  watch.ended = true;
  if (watch.state === 'waiting' || watch.state === 'deciding' || watch.state === 'open') {
    watch.state = 'closing';
    watch.closingSince = Date.now();
    watch.socket.destroySoon();
  }
  watch.inbound.inflow.clear();
  watch.events.ended(end, detail);
}

function tick(watch: Watch, now: number): void {
  const { limits } = watch;
  if (watch.state === 'closed') return;
  if (watch.state === 'closing') {
    if (now - watch.closingSince > limits.closeMs) watch.socket.destroy();
    return;
  }
  const late = lateness(watch, now);
  if (late) abortBy(watch, 2, ABORT.notSpecified, late === SILENT ? 'silent' : 'timeout', late);
}

const SILENT = 'no association was asked for in time';

function lateness(watch: Watch, now: number): string | null {
  const { limits, inbound } = watch;
  const { pduSince } = inbound;
  if (watch.state === 'waiting') return now - watch.openedAt > limits.associateMs ? SILENT : null;
  if (watch.state === 'deciding' || watch.answering || watch.holds > 0) return null; // we are at work, not the peer
  if (now - watch.openedAt > limits.associationMs) return 'the association lasted too long';
  if (pduSince !== null && now - pduSince > limits.pduMs) return 'a PDU took too long';
  return now - watch.lastByteAt > limits.idleMs ? 'nothing was sent for too long' : null;
}
