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
  const { affectedSopClassUid: sopClass, affectedSopInstanceUid: sopInstance, errorComment } = set;
  const out = Buffer.alloc(96 + sopClass.length + sopInstance.length + errorComment.length);
  let at = 12;
  const head = (element: number, length: number) => {
    at = out.writeUInt16LE(element, at + 2); // the group is 0000
    at = out.writeUInt32LE(length, at);
  };
  const short = (element: number, value: number) => {
    head(element, 2);
    at = out.writeUInt16LE(value, at);
  };
  const string = (element: number, value: string, padding: string) => {
    const padded = value.length % 2 === 0 ? value : `${value}${padding}`;
    head(element, padded.length);
    at += out.write(padded, at, 'latin1');
  };
  string(0x0002, sopClass, '\0');
  short(0x0100, set.commandField);
  short(isResponse ? 0x0120 : 0x0110, set.messageId);
  if (set.commandField === COMMAND.cStoreRq) short(0x0700, 0);
  short(0x0800, set.hasDataSet ? 0x0001 : NO_DATA_SET);
  if (set.status !== null) short(0x0900, set.status);
  if (errorComment !== '') string(0x0902, errorComment, ' ');
  if (sopInstance !== '') string(0x1000, sopInstance, '\0');
  const end = at;
  at = 0;
  head(0x0000, 4);
  out.writeUInt32LE(end - 12, at);
  return out.subarray(0, end);
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
