import { readCommandSet, type CommandSet } from './command-set.ts';
import { Inflow } from './inflow.ts';
import type { Limits } from './limits.ts';
import { ABORT, PDU, PDU_HEADER_BYTES, ProtocolFault, type ProposedContext } from './pdu.ts';

/** Peers are known that count the header of a fragment, or of the PDU, in neither or both of the two lengths. */
export const PDU_TOLERANCE = 64;

const FRAGMENT_HEADER_BYTES = 6;

/** Who takes what a connection brings, and says what may come. */
export interface Taker {
  /** Types of PDU that may come now. */
  allowed(): readonly number[];
  /** Contexts that a message may come in. */
  contexts(): readonly ProposedContext[];
  /** A PDU of another type than P-DATA-TF, whole. */
  pdu(type: number, whole: Buffer): void;
  /** A command set has come whole. Its data set, if any, follows. */
  commanded(command: CommandSet, contextId: number): void;
  /** Bytes of the data set, valid only during the call. */
  data(bytes: Buffer): void;
  /** The message is whole. */
  complete(): void;
}

/** A fragment whose header has been read; `left` of its bytes are still to be taken. */
interface Fragment {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  left: number;
}

/**
 * What arrives on a connection, cut into PDUs and messages: types, order and lengths are checked by the headers alone, so that not a byte of what
 * may not come is kept. Data sets are handed on as their bytes arrive, everything else whole.
 */
export interface Inbound {
  readonly limits: Limits;
  readonly taker: Taker;
  readonly inflow: Inflow;
  /** When the PDU that is arriving began; null between two. */
  pduSince: number | null;
  /** Bytes of the P-DATA-TF that is arriving which were not looked at yet. */
  dataLeft: number;
  fragment: Fragment | null;
  command: Buffer[];
  commandBytes: number;
  /** Context of the message that is arriving; null between two. */
  contextId: number | null;
  awaitsData: boolean;
}

export function createInbound(limits: Limits, taker: Taker): Inbound {
  const empty = { pduSince: null, dataLeft: 0, fragment: null, command: [], commandBytes: 0, contextId: null, awaitsData: false };
  return { limits, taker, inflow: new Inflow(), ...empty };
}

/** Takes bytes that are valid only during the call: `work` takes what it can of them, the rest is copied. */
export function receiveBytes({ inflow }: Inbound, bytes: Buffer, work: () => void): void {
  inflow.append(bytes);
  work();
  inflow.keep(bytes);
}

/**
 * Takes the next piece of what has arrived. Whether there was one.
 *
 * @throws ProtocolFault
 */
export function takeNext(inbound: Inbound): boolean {
  if (inbound.fragment) return takeFragment(inbound, inbound.fragment);
  const took = inbound.dataLeft > 0 ? takeFragmentHeader(inbound) : takePdu(inbound);
  if (took) return true;
  const isBetween = inbound.dataLeft === 0 && inbound.inflow.bytes === 0;
  inbound.pduSince = isBetween ? null : (inbound.pduSince ?? Date.now());
  return false;
}

function takePdu(inbound: Inbound): boolean {
  const { inflow, taker } = inbound;
  if (!inflow.reach(PDU_HEADER_BYTES)) return false;
  const type = inflow.u8(0);
  const length = inflow.u32(2, true);
  checkHeader(inbound, type, length);
  if (type === PDU.data) {
    if (length === 0) throw new ProtocolFault('a P-DATA-TF holds no fragment');
    inflow.skip(PDU_HEADER_BYTES);
    inbound.dataLeft = length;
    inbound.pduSince = Date.now();
    return true;
  }
  if (inflow.bytes < PDU_HEADER_BYTES + length) return false;
  inbound.pduSince = null;
  taker.pdu(type, inflow.take(PDU_HEADER_BYTES + length));
  return true;
}

function checkHeader({ limits, taker }: Inbound, type: number, length: number): void {
  if (type < PDU.associateRq || type > PDU.abort) throw new ProtocolFault('unknown type of PDU', ABORT.unrecognised);
  if (!taker.allowed().includes(type)) throw new ProtocolFault('a PDU that may not come here', ABORT.unexpected);
  if (length > maxLength(limits, type)) throw new ProtocolFault('a PDU that is too long');
  if (type !== PDU.associateRq && type !== PDU.data && length !== 4) throw new ProtocolFault('a PDU of a wrong length');
}

function maxLength(limits: Limits, type: number): number {
  if (type === PDU.associateRq) return limits.requestBytes;
  return type === PDU.data ? limits.pduBytes + PDU_TOLERANCE : 4;
}

/** The fragments of a P-DATA-TF must fill it exactly. */
function takeFragmentHeader(inbound: Inbound): boolean {
  const { inflow, limits } = inbound;
  if (inbound.dataLeft < FRAGMENT_HEADER_BYTES) throw new ProtocolFault('a P-DATA-TF ends inside the header of a fragment');
  if (!inflow.reach(FRAGMENT_HEADER_BYTES)) return false;
  const left = inflow.u32(0, true) - 2;
  const flags = inflow.u8(5);
  const fragment = { contextId: inflow.u8(4), isCommand: (flags & 1) !== 0, isLast: (flags & 2) !== 0, left };
  inbound.dataLeft -= FRAGMENT_HEADER_BYTES + left;
  if (left < 0 || inbound.dataLeft < 0) throw new ProtocolFault('the length of a fragment is wrong');
  checkFragment(inbound, fragment);
  if (fragment.isCommand) inbound.commandBytes += left;
  if (inbound.commandBytes > limits.commandBytes) throw new ProtocolFault('a command that is too long');
  inflow.skip(FRAGMENT_HEADER_BYTES);
  inbound.contextId = fragment.contextId;
  inbound.fragment = fragment;
  return true;
}

/** A message is the fragments of a command, then those of its data set, all in one context (PS3.8 annex E). */
function checkFragment({ contextId, awaitsData, taker }: Inbound, fragment: Fragment): void {
  if (contextId !== null && contextId !== fragment.contextId) throw new ProtocolFault('a message changes its context');
  if (!taker.contexts().some(({ id }) => id === fragment.contextId)) throw new ProtocolFault('a context that was not proposed');
  if (fragment.isCommand === awaitsData) throw new ProtocolFault('command and data set are out of order', ABORT.unexpectedParameter);
}

function takeFragment(inbound: Inbound, fragment: Fragment): boolean {
  const { inflow, taker } = inbound;
  if (fragment.left === 0) endFragment(inbound, fragment);
  else if (fragment.isCommand) {
    if (inflow.bytes < fragment.left) return false;
    inbound.command.push(Buffer.from(inflow.take(fragment.left)));
    fragment.left = 0;
  } else {
    const bytes = inflow.takeSome(fragment.left);
    if (!bytes) return false;
    fragment.left -= bytes.length;
    taker.data(bytes);
  }
  return true;
}

function endFragment(inbound: Inbound, { isLast, isCommand, contextId }: Fragment): void {
  inbound.fragment = null;
  if (inbound.dataLeft === 0) inbound.pduSince = null;
  if (!isLast) return;
  if (isCommand) endCommand(inbound, contextId);
  else endMessage(inbound);
}

function endCommand(inbound: Inbound, contextId: number): void {
  const command = readCommandSet(Buffer.concat(inbound.command));
  inbound.command = [];
  inbound.commandBytes = 0;
  inbound.awaitsData = command.hasDataSet;
  inbound.taker.commanded(command, contextId);
  if (!command.hasDataSet) endMessage(inbound);
}

function endMessage(inbound: Inbound): void {
  if (inbound.dataLeft > 0) throw new ProtocolFault('a message before the answer to the last one', ABORT.unexpected);
  inbound.contextId = null;
  inbound.awaitsData = false;
  inbound.taker.complete();
}
