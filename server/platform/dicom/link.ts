import { randomUUID } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readCommandSet, writeCommandSet, type CommandSet } from './command-set.ts';
import { Inflow } from './inflow.ts';
import type { Action, AssociationObserver, AssociationProgress, EndReason } from './observer.ts';
import {
  PDU,
  PDU_HEADER_BYTES,
  ProtocolFault,
  readFragments,
  readItems,
  pdu,
  writeAbort,
  writeAssociateRequest,
  writeData,
} from './pdu.ts';
import { rejectionText } from './rejection.ts';
import { errorCode } from './text.ts';

/** Certificates for calling a peer by TLS, as PEM. */
export interface ClientTls {
  readonly ca?: string | Buffer;
  readonly key?: string | Buffer;
  readonly cert?: string | Buffer;
  /** False accepts any certificate: for tests, and for peers with self-signed ones that an administrator has named. */
  readonly verify?: boolean;
}

/** Whom to call. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly tls?: ClientTls;
  /** For each step: connection, association, release. 5 s. */
  readonly timeoutMs?: number;
  /** For each answer. 300 s. */
  readonly responseMs?: number;
  readonly observer?: AssociationObserver;
}

export interface LinkContext {
  readonly id: number;
  readonly sopClass: string;
  readonly transferSyntaxUid: string;
}

/** Why an association could not be had or went wrong, in words an administrator reads: `rejected: called AE title not recognised`. */
export class LinkFault extends Error {}

/**
 * An association we asked for. (dcmjs-dimse's client parses and rewrites every data set it sends, holds them all, and has neither no-delay nor
 * time limits below a second; ours sends a file's bytes as they are.)
 */
export interface Link {
  readonly contexts: readonly LinkContext[];
  readonly counts: { action: Action | null; messages: number; bytes: number; succeeded: number; failed: number; lastStatus: number | null };
  sop: string | null;
  /** Sends a message and waits for its answer. */
  request(context: LinkContext, command: CommandSet, dataset: Buffer | null): Promise<CommandSet>;
  /** Releases the association in order. */
  release(): Promise<void>;
  /** Ends it at once. */
  abort(detail: string): void;
}

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_RESPONSE_MS = 300_000;
/** What we take in one PDU: answers have 200 bytes. */
const MAX_PDU = 16_384;
const MAX_SENT_PDU = 131_072;

interface Wire {
  readonly socket: Socket;
  readonly inflow: Inflow;
  /** Who waits for the next PDU. */
  waiting: { resolve: (whole: Buffer) => void; reject: (fault: Error) => void } | null;
  fault: LinkFault | null;
  maxPduBytes: number;
}

/**
 * Connects and asks for an association.
 *
 * @throws LinkFault
 */
export async function openLink(peer: Peer, proposed: readonly LinkContext[]): Promise<Link> {
  const timeoutMs = peer.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const wire = await openWire(peer, timeoutMs);
  try {
    const contexts = proposed.map(({ id, sopClass, transferSyntaxUid }) => ({ id, sopClass, transferSyntaxes: [transferSyntaxUid] }));
    const { callingAeTitle, calledAeTitle } = peer;
    wire.socket.write(writeAssociateRequest({ callingAeTitle, calledAeTitle, contexts, maxPduLength: MAX_PDU }));
    const answer = await nextPdu(wire, timeoutMs);
    const accepted = readAnswer(wire, answer);
    return createLink(
      wire,
      peer,
      proposed.filter(({ id }) => accepted.has(id)),
    );
  } catch (error) {
    wire.socket.destroy();
    throw linkFault(error);
  }
}

function openWire(peer: Peer, timeoutMs: number): Promise<Wire> {
  const { host, port, tls } = peer;
  const socket = tls
    ? connectTls({ host, port, ca: tls.ca, key: tls.key, cert: tls.cert, rejectUnauthorized: tls.verify !== false })
    : connectTcp({ host, port, noDelay: true });
  const wire: Wire = { socket, inflow: new Inflow(), waiting: null, fault: null, maxPduBytes: MAX_PDU };
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new LinkFault('timed out'));
    }, timeoutMs);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      resolve(wire);
    });
    socket.on('error', (error: Error) => {
      clearTimeout(timer);
      reject(connectFault(error));
      breakWire(wire, new LinkFault('aborted'));
    });
    socket.on('close', () => breakWire(wire, new LinkFault('aborted')));
    socket.on('data', (bytes: Buffer) => {
      wire.inflow.append(bytes);
      deliver(wire);
    });
  });
}

function connectFault(error: Error): LinkFault {
  const code = errorCode(error) ?? '';
  if (code === 'ECONNREFUSED') return new LinkFault('connection refused');
  if (code === 'ETIMEDOUT') return new LinkFault('timed out');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new LinkFault('host not found');
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return new LinkFault('host not reachable');
  if (code === 'ECONNRESET') return new LinkFault('aborted');
  return new LinkFault(/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code) ? 'TLS failed' : 'connection failed');
}

function breakWire(wire: Wire, fault: LinkFault): void {
  wire.fault ??= fault;
  wire.waiting?.reject(wire.fault);
  wire.waiting = null;
}

/** Gives a whole PDU to who waits for one. */
function deliver(wire: Wire): void {
  if (!wire.waiting) return;
  if (!wire.inflow.reach(PDU_HEADER_BYTES)) return;
  const length = wire.inflow.u32(2, true);
  if (length > MAX_PDU + 64) {
    wire.socket.destroy();
    return breakWire(wire, new LinkFault('protocol error'));
  }
  if (wire.inflow.bytes < PDU_HEADER_BYTES + length) return;
  const { resolve } = wire.waiting;
  wire.waiting = null;
  resolve(wire.inflow.take(PDU_HEADER_BYTES + length));
}

/** The next PDU; an A-ABORT or a closed connection is a fault. */
async function nextPdu(wire: Wire, timeoutMs: number): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const whole = await new Promise<Buffer>((resolve, reject) => {
      wire.waiting = { resolve, reject };
      timer = setTimeout(() => breakWire(wire, new LinkFault('timed out')), timeoutMs);
      deliver(wire);
      if (wire.waiting && wire.fault) breakWire(wire, wire.fault);
    });
    if (whole.readUInt8(0) === PDU.abort) throw new LinkFault('aborted');
    return whole;
  } finally {
    clearTimeout(timer);
  }
}

/** What an A-ASSOCIATE-AC accepted; its transfer syntax is the one we proposed alone. */
function readAnswer(wire: Wire, whole: Buffer): ReadonlySet<number> {
  const body = whole.subarray(PDU_HEADER_BYTES);
  const type = whole.readUInt8(0);
  if (type === PDU.associateRj && body.length >= 4) {
    throw new LinkFault(`rejected: ${rejectionText({ result: body.readUInt8(1), source: body.readUInt8(2), reason: body.readUInt8(3) })}`);
  }
  if (type !== PDU.associateAc || body.length < 68) throw new LinkFault('protocol error');
  const items = readItems(body.subarray(68));
  const user = items.find((item) => item.type === 0x50);
  const maximum = user && readItems(user.body).find((item) => item.type === 0x51)?.body;
  const length = maximum?.length === 4 ? maximum.readUInt32BE(0) : MAX_PDU;
  wire.maxPduBytes = length === 0 ? MAX_SENT_PDU : Math.max(128, Math.min(length, MAX_SENT_PDU));
  const contexts = items.filter((item) => item.type === 0x21 && item.body.length >= 4);
  return new Set(contexts.filter(({ body: context }) => context.readUInt8(2) === 0).map(({ body: context }) => context.readUInt8(0)));
}

function createLink(wire: Wire, peer: Peer, contexts: readonly LinkContext[]): Link {
  const id = randomUUID();
  const { observer } = peer;
  const responseMs = peer.responseMs ?? DEFAULT_RESPONSE_MS;
  const counts: Link['counts'] = { action: null, messages: 0, bytes: 0, succeeded: 0, failed: 0, lastStatus: null };
  let ended = false;
  const standing = (): AssociationProgress => ({
    ...counts,
    ...{ lastByteAt: new Date(), studyInstanceUid: null, seriesInstanceUid: null, sopInstanceUid: link.sop },
  });
  const end = (reason: EndReason, detail: string | null) => {
    if (ended) return;
    ended = true;
    const status = reason === 'released' ? 0x0000 : 0xa801;
    observer?.ended({ id, ...standing(), status, reason, detail, endedAt: new Date() });
  };
  const { callingAeTitle, calledAeTitle, host, port } = peer;
  const address = `${host}:${port}`;
  observer?.opened({ id, service: 'SCU', callingAeTitle, calledAeTitle, address, tls: peer.tls !== undefined, startedAt: new Date() });

  const link: Link = {
    contexts,
    counts,
    sop: null,
    async request(context, command, dataset) {
      counts.messages++;
      try {
        counts.bytes += await sendMessage(wire, context.id, command, dataset, responseMs);
        observer?.progress(id, standing());
        const answer = await receiveAnswer(wire, responseMs);
        counts.lastStatus = answer.status;
        if (answer.status === 0) counts.succeeded++;
        else counts.failed++;
        observer?.progress(id, standing());
        return answer;
      } catch (error) {
        const fault = linkFault(error);
        link.abort(fault.message);
        end(endReasonOf(fault), fault.message);
        throw fault;
      }
    },
    async release() {
      try {
        wire.socket.write(pdu(PDU.releaseRq, Buffer.alloc(4)));
        await nextPdu(wire, peer.timeoutMs ?? DEFAULT_TIMEOUT_MS);
        end('released', null);
      } catch (error) {
        end(endReasonOf(linkFault(error)), linkFault(error).message);
      } finally {
        wire.socket.destroySoon();
      }
    },
    abort(detail) {
      if (wire.socket.writable) wire.socket.end(writeAbort(0, 0));
      wire.socket.destroySoon();
      end('aborted by us', detail);
    },
  };
  return link;
}

function endReasonOf(fault: LinkFault): EndReason {
  if (fault.message === 'timed out') return 'timeout';
  return fault.message === 'aborted' ? 'aborted by peer' : 'protocol error';
}

/** Sends a command and its data set in fragments the peer takes; waits while the peer is slow to take them. */
async function sendMessage(wire: Wire, contextId: number, command: CommandSet, dataset: Buffer | null, timeoutMs: number): Promise<number> {
  let sent = 0;
  const send = async (bytes: Buffer) => {
    sent += bytes.length;
    if (wire.fault) throw wire.fault;
    if (!wire.socket.write(bytes)) await drained(wire, timeoutMs);
  };
  await send(writeData(contextId, true, true, writeCommandSet(command)));
  if (!dataset) return sent;
  const most = wire.maxPduBytes - 6;
  for (let at = 0; at === 0 || at < dataset.length; at += most) {
    await send(writeData(contextId, false, at + most >= dataset.length, dataset.subarray(at, at + most)));
  }
  return sent;
}

function drained(wire: Wire, timeoutMs: number): Promise<void> {
  const { socket } = wire;
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      socket.off('drain', settle);
      socket.off('close', settle);
      if (wire.fault) reject(wire.fault);
      else resolve();
    };
    const timer = setTimeout(() => {
      breakWire(wire, new LinkFault('timed out'));
      settle();
    }, timeoutMs);
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}

/** The command set of the peer's answer. */
async function receiveAnswer(wire: Wire, timeoutMs: number): Promise<CommandSet> {
  const parts: Buffer[] = [];
  for (;;) {
    const whole = await nextPdu(wire, timeoutMs);
    if (whole.readUInt8(0) !== PDU.data) throw new LinkFault('protocol error');
    for (const fragment of readFragments(whole.subarray(PDU_HEADER_BYTES))) {
      if (!fragment.isCommand) throw new LinkFault('protocol error');
      parts.push(fragment.bytes);
      if (fragment.isLast) return readCommandSet(Buffer.concat(parts));
    }
    if (parts.length > 16) throw new LinkFault('protocol error');
  }
}

function linkFault(error: unknown): LinkFault {
  if (error instanceof LinkFault) return error;
  return new LinkFault(error instanceof ProtocolFault ? 'protocol error' : 'failed');
}
