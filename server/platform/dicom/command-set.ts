import { ABORT, ProtocolFault } from './pdu.ts';
import { trimPadding } from './text.ts';

export const COMMAND = { cStoreRq: 0x0001, cStoreRsp: 0x8001, cEchoRq: 0x0030, cEchoRsp: 0x8030, cCancelRq: 0x0fff } as const;

/** CommandDataSetType of a message without a data set (PS3.7 annex E). */
const NO_DATA_SET = 0x0101;

/** A command set, as far as this program uses one. UIDs are as sent, bounded, and may not be UIDs at all. */
export interface CommandSet {
  readonly commandField: number;
  readonly messageId: number;
  readonly hasDataSet: boolean;
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid: string;
  readonly status: number | null;
  /** Of a failed answer, for the sender's log. */
  readonly errorComment: string;
}

const MAX_TEXT = 128;

/**
 * Reads a command set: implicit VR little endian, group 0000 only (PS3.7 §6.3.1), every length checked.
 *
 * @throws ProtocolFault
 */
export function readCommandSet(bytes: Buffer): CommandSet {
  const elements = readElements(bytes);
  const commandField = number(elements, 0x0100);
  const isResponse = commandField !== undefined && (commandField & 0x8000) !== 0;
  const messageId = number(elements, isResponse || commandField === COMMAND.cCancelRq ? 0x0120 : 0x0110);
  const dataSetType = number(elements, 0x0800);
  if (commandField === undefined || messageId === undefined || dataSetType === undefined) {
    throw new ProtocolFault('a command set lacks its field, message number or data set type');
  }
  return {
    commandField,
    messageId,
    hasDataSet: dataSetType !== NO_DATA_SET,
    affectedSopClassUid: string(elements, 0x0002),
    affectedSopInstanceUid: string(elements, 0x1000),
    status: number(elements, 0x0900) ?? null,
    errorComment: string(elements, 0x0902),
  };
}

/** Writes a command set from what we understood, and nothing else. */
export function writeCommandSet(set: CommandSet): Buffer {
  const isResponse = (set.commandField & 0x8000) !== 0;
  const body = Buffer.concat([
    padded(0x0002, set.affectedSopClassUid, '\0'),
    short(0x0100, set.commandField),
    short(isResponse ? 0x0120 : 0x0110, set.messageId),
    set.commandField === COMMAND.cStoreRq ? short(0x0700, 0) : Buffer.alloc(0),
    short(0x0800, set.hasDataSet ? 0x0001 : NO_DATA_SET),
    set.status === null ? Buffer.alloc(0) : short(0x0900, set.status),
    set.errorComment === '' ? Buffer.alloc(0) : padded(0x0902, set.errorComment, ' '),
    set.affectedSopInstanceUid === '' ? Buffer.alloc(0) : padded(0x1000, set.affectedSopInstanceUid, '\0'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(0x0000, length), body]);
}

function readElements(bytes: Buffer): Map<number, Buffer> {
  const elements = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 8) throw new ProtocolFault('a command set is cut off');
    if (bytes.readUInt16LE(at) !== 0) throw new ProtocolFault('a command set holds elements of another group', ABORT.unexpectedParameter);
    const length = bytes.readUInt32LE(at + 4);
    if (length > bytes.length - at - 8) throw new ProtocolFault('the length of an element of a command set is wrong');
    elements.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return elements;
}

function number(elements: ReadonlyMap<number, Buffer>, element: number): number | undefined {
  const bytes = elements.get(element);
  return bytes?.length === 2 ? bytes.readUInt16LE(0) : undefined;
}

function string(elements: ReadonlyMap<number, Buffer>, element: number): string {
  const bytes = elements.get(element)?.subarray(0, MAX_TEXT);
  return bytes ? trimPadding(bytes.toString('latin1')) : '';
}

function element(number: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function short(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(number, bytes);
}

function padded(number: number, value: string, padding: string): Buffer {
  return element(number, Buffer.from(value.length % 2 === 0 ? value : `${value}${padding}`, 'latin1'));
}
