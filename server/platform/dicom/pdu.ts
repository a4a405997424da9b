import { trimPadding, withoutControls } from './text.ts';
import { APPLICATION_CONTEXT, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, IMPLICIT_LITTLE, isUid } from './uids.ts';

export const PDU = { associateRq: 1, associateAc: 2, associateRj: 3, data: 4, releaseRq: 5, releaseRp: 6, abort: 7 } as const;
export const PDU_HEADER_BYTES = 6;

/** Reasons of A-ABORT by the service provider (PS3.8 table 9-26). */
export const ABORT = { notSpecified: 0, unrecognised: 1, unexpected: 2, unexpectedParameter: 5, invalidParameter: 6 } as const;
export type AbortReason = (typeof ABORT)[keyof typeof ABORT];

/** A peer broke a rule of PS3.8 or PS3.7. The message says which, without any value the peer sent. */
export class ProtocolFault extends Error {
  readonly abortReason: AbortReason;
  constructor(message: string, abortReason: AbortReason = ABORT.invalidParameter) {
    super(message);
    this.abortReason = abortReason;
  }
}

export interface ProposedContext {
  readonly id: number;
  /** Empty when what the peer proposed is no UID. */
  readonly sopClass: string;
  readonly transferSyntaxes: readonly string[];
}

/** An A-ASSOCIATE-RQ as we understood it. */
export interface AssociateRequest {
  readonly protocolVersion: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  /** Longest P-DATA-TF variable field the peer takes; 0 is without limit. */
  readonly maxPduLength: number;
}

interface Item {
  readonly type: number;
  readonly body: Buffer;
}

/** Fixed part of A-ASSOCIATE-RQ before its items: version, titles, reserved (PS3.8 table 9-11). */
const FIXED_BYTES = 68;
const MAX_CONTEXTS = 128;
const MAX_SYNTAXES = 64;
const DEFAULT_MAX_PDU = 16_384;
const MAX_TEXT = 128;

/**
 * Reads the body of an A-ASSOCIATE-RQ, every length checked.
 *
 * @throws ProtocolFault when it cannot be one.
 */
export function readAssociateRequest(body: Buffer): AssociateRequest {
  if (body.length < FIXED_BYTES) throw new ProtocolFault('A-ASSOCIATE-RQ is too short');
  const items = readItems(body.subarray(FIXED_BYTES));
  const contexts = items.filter((item) => item.type === 0x20).map(readContext);
  const user = items.find((item) => item.type === 0x50);
  if (new Set(contexts.map((context) => context.id)).size !== contexts.length)
    throw new ProtocolFault('a presentation context comes twice');
  if (contexts.length === 0) throw new ProtocolFault('A-ASSOCIATE-RQ has no presentation context');
  if (contexts.length > MAX_CONTEXTS) throw new ProtocolFault('A-ASSOCIATE-RQ has too many presentation contexts');
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAeTitle: title(body.subarray(4, 20)),
    callingAeTitle: title(body.subarray(20, 36)),
    applicationContext: text(items.find((item) => item.type === 0x10)?.body ?? Buffer.alloc(0)),
    contexts: contexts.sort((a, b) => a.id - b.id),
    maxPduLength: user ? maxPduLength(user.body) : DEFAULT_MAX_PDU,
  };
}

/**
 * Writes an A-ASSOCIATE-RQ. The server gives its library this form of a peer's request, not the peer's bytes: contexts in order of their
 * numbers (dcmjs-dimse renumbers them otherwise), nothing it does not know, nothing we do not offer.
 */
export function writeAssociateRequest(request: Omit<AssociateRequest, 'protocolVersion' | 'applicationContext'>): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt16BE(1, 0);
  fixed.write(request.calledAeTitle.padEnd(16), 4, 16, 'latin1');
  fixed.write(request.callingAeTitle.padEnd(16), 20, 16, 'latin1');
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(request.maxPduLength);
  const user = [item(0x51, maximum), item(0x52, IMPLEMENTATION_CLASS_UID), item(0x55, IMPLEMENTATION_VERSION)];
  return pdu(
    PDU.associateRq,
    Buffer.concat([fixed, item(0x10, APPLICATION_CONTEXT), ...request.contexts.map(writeContext), item(0x50, Buffer.concat(user))]),
  );
}

/** A whole PDU: its header and body. */
export function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(PDU_HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** An A-ABORT. Source 0 is the service user, 2 the service provider, for whom alone the reason means something. */
export function writeAbort(source: 0 | 2, reason: AbortReason): Buffer {
  return pdu(PDU.abort, Buffer.from([0, 0, source, reason]));
}

/** A P-DATA-TF that holds one fragment. */
export function writeData(contextId: number, isCommand: boolean, isLast: boolean, fragment: Buffer): Buffer {
  const out = Buffer.allocUnsafe(PDU_HEADER_BYTES + 6 + fragment.length);
  out.writeUInt16BE(PDU.data * 256, 0);
  out.writeUInt32BE(6 + fragment.length, 2);
  out.writeUInt32BE(2 + fragment.length, 6);
  out[10] = contextId;
  out[11] = (isCommand ? 1 : 0) | (isLast ? 2 : 0);
  fragment.copy(out, 12);
  return out;
}

export interface Fragment {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Buffer;
}

/**
 * The fragments in the body of a P-DATA-TF, whose lengths must fill it exactly.
 *
 * @throws ProtocolFault
 */
export function readFragments(body: Buffer): Fragment[] {
  const fragments: Fragment[] = [];
  let at = 0;
  while (at < body.length) {
    if (body.length - at < 6) throw new ProtocolFault('a P-DATA-TF ends inside the header of a fragment');
    const length = body.readUInt32BE(at);
    if (length < 2 || length > body.length - at - 4) throw new ProtocolFault('the length of a fragment is wrong');
    const flags = body.readUInt8(at + 5);
    const bytes = body.subarray(at + 6, at + 4 + length);
    fragments.push({ contextId: body.readUInt8(at + 4), isCommand: (flags & 1) !== 0, isLast: (flags & 2) !== 0, bytes });
    at += 4 + length;
  }
  if (fragments.length === 0) throw new ProtocolFault('a P-DATA-TF holds no fragment');
  return fragments;
}

/** The items of a variable field: type, reserved, length of two bytes, body. */
export function readItems(field: Buffer): Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < field.length) {
    if (field.length - at < 4) throw new ProtocolFault('an item is cut off');
    const length = field.readUInt16BE(at + 2);
    if (length > field.length - at - 4) throw new ProtocolFault('the length of an item is wrong');
    items.push({ type: field.readUInt8(at), body: field.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return items;
}

function readContext({ body }: Item): ProposedContext {
  if (body.length < 4) throw new ProtocolFault('a presentation context is too short');
  const id = body.readUInt8(0);
  if (id % 2 === 0) throw new ProtocolFault('a presentation context has an even number');
  const items = readItems(body.subarray(4));
  if (items.length > MAX_SYNTAXES) throw new ProtocolFault('a presentation context has too many transfer syntaxes');
  const sopClasses = items.filter((entry) => entry.type === 0x30);
  if (sopClasses.length !== 1) throw new ProtocolFault('a presentation context needs one abstract syntax');
  const sopClass = text(sopClasses[0]?.body ?? Buffer.alloc(0));
  const offered = items.filter((entry) => entry.type === 0x40).map((entry) => text(entry.body));
  return { id, sopClass: isUid(sopClass) ? sopClass : '', transferSyntaxes: [...new Set(offered.filter(isUid))] };
}

function writeContext(context: ProposedContext): Buffer {
  // A context without a usable syntax keeps its number, so that the answer can refuse it: each needs one syntax to be well formed.
  const syntaxes = context.transferSyntaxes.length > 0 ? context.transferSyntaxes : [IMPLICIT_LITTLE];
  const head = Buffer.from([context.id, 0, 0, 0]);
  return item(0x20, Buffer.concat([head, item(0x30, context.sopClass || '0'), ...syntaxes.map((syntax) => item(0x40, syntax))]));
}

function maxPduLength(user: Buffer): number {
  const found = readItems(user).find((entry) => entry.type === 0x51);
  if (!found) return DEFAULT_MAX_PDU;
  if (found.body.length !== 4) throw new ProtocolFault('the item of the maximum length is malformed');
  const length = found.body.readUInt32BE(0);
  if (length !== 0 && length < 256) throw new ProtocolFault('the peer takes no PDU of a usable length');
  return length;
}

function item(type: number, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function title(bytes: Buffer): string {
  return trimPadding(withoutControls(trimPadding(bytes.toString('latin1')), '?'));
}

function text(bytes: Buffer): string {
  return trimPadding(bytes.subarray(0, MAX_TEXT).toString('latin1'));
}
