import { Inflow } from './inflow.ts';

/** Length of an element whose end is marked, not counted (PS3.5 §7.1.1). */
export const UNDEFINED_LENGTH = 0xffffffff;

export interface Element {
  /** Group and element in one number, as 0x00100020. */
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  /** 0 for the elements of the data set itself, 1 for those of a sequence's items, and so on. */
  readonly depth: number;
  /** Tags of the sequences around it, outermost first. */
  readonly within: readonly number[];
}

/** Says what to do with each element: keep so many bytes of its value, walk into its items, pass it by, or end. */
export interface Visitor {
  begin(element: Element): number | 'enter' | 'skip' | 'stop';
  value(element: Element, bytes: Buffer): void;
  /** Value representation of an element where the transfer syntax does not say it. */
  vrOf(tag: number): string;
}

/**
 * Reads elements from bytes as they come, keeping no more than a visitor asks for. (dcmjs's reader wants the whole file in memory, decodes
 * every value, and trusts every length; this one sees network input on each C-STORE.)
 */
export interface Reader {
  /** Takes bytes that are valid only during the call. */
  push(bytes: Buffer): void;
  readonly done: boolean;
  /** What was wrong with the bytes; null when nothing was. */
  readonly fault: string | null;
}

export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

const MAX_DEPTH = 32;
/** Elements walked before giving up: a real header has some hundreds, a large structure set some ten thousands before its contours. */
const MAX_ELEMENTS = 200_000;
const LONG_VRS: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

const NOWHERE: readonly number[] = [];

interface Frame {
  readonly kind: 'sequence' | 'item';
  readonly tag: number;
  /** Offset at which it ends; Infinity when its end is marked. */
  readonly end: number;
  readonly explicit: boolean;
}

interface Reading {
  readonly visitor: Visitor;
  readonly inflow: Inflow;
  readonly bigEndian: boolean;
  explicit: boolean;
  /** Whether the first element has confirmed the encoding. */
  settled: boolean;
  offset: number;
  skipping: number;
  kept: { readonly element: Element; readonly bytes: number } | null;
  readonly frames: Frame[];
  elements: number;
  done: boolean;
  fault: string | null;
}

export function createReader(encoding: Encoding, visitor: Visitor): Reader {
  const reading: Reading = {
    ...{ visitor, inflow: new Inflow(), bigEndian: encoding.bigEndian, explicit: encoding.explicit, settled: false, offset: 0 },
    ...{ skipping: 0, kept: null, frames: [], elements: 0, done: false, fault: null },
  };
  return {
    push(bytes) {
      if (reading.done) return;
      reading.inflow.append(bytes);
      while (!reading.done && step(reading));
      if (reading.done) reading.inflow.clear();
      else reading.inflow.keep(bytes);
    },
    get done() {
      return reading.done;
    },
    get fault() {
      return reading.fault;
    },
  };
}

/** One step; false when more bytes are needed. */
function step(reading: Reading): boolean {
  if (reading.kept) return keep(reading, reading.kept);
  if (reading.skipping > 0) return skip(reading);
  while (reading.offset >= (reading.frames.at(-1)?.end ?? Infinity)) reading.frames.pop();
  return readHead(reading);
}

function keep(reading: Reading, kept: { readonly element: Element; readonly bytes: number }): boolean {
  if (reading.inflow.bytes < kept.bytes) return false;
  reading.visitor.value(kept.element, advance(reading, kept.bytes));
  reading.kept = null;
  return true;
}

function skip(reading: Reading): boolean {
  const count = Math.min(reading.skipping, reading.inflow.bytes);
  if (count === 0) return false;
  drop(reading, count);
  reading.skipping -= count;
  return true;
}

function readHead(reading: Reading): boolean {
  const { inflow, bigEndian } = reading;
  if (!inflow.reach(8)) return false;
  const tag = inflow.u16(0, bigEndian) * 0x10000 + inflow.u16(2, bigEndian);
  if (Math.floor(tag / 0x10000) === 0xfffe) return readDelimiter(reading, tag, inflow.u32(4, bigEndian));
  const explicit = isExplicit(reading);
  if (!explicit) return readElement(reading, tag, reading.visitor.vrOf(tag), inflow.u32(4, bigEndian), 8);
  const vr = vrAt(inflow);
  if (vr === null) return fail(reading, 'an element has no value representation');
  if (!LONG_VRS.has(vr)) return readElement(reading, tag, vr, inflow.u16(6, bigEndian), 8);
  return inflow.reach(12) && readElement(reading, tag, vr, inflow.u32(8, bigEndian), 12);
}

/** The transfer syntax says it; the first element may say that the sender was wrong. */
function isExplicit(reading: Reading): boolean {
  const frame = reading.frames.at(-1);
  if (frame) return frame.explicit;
  if (!reading.settled && !reading.bigEndian) reading.explicit = vrAt(reading.inflow) !== null;
  reading.settled = true;
  return reading.explicit;
}

/** Texts of value representations by their two characters: one for each, not one for each element. */
const VRS = new Map<number, string>();

/** The value representation of the next element: two capital letters; null when there are none. */
function vrAt(inflow: Inflow): string | null {
  const [first, second] = [inflow.u8(4), inflow.u8(5)];
  if (!isCapital(first) || !isCapital(second)) return null;
  const code = first * 256 + second;
  const vr = VRS.get(code) ?? String.fromCharCode(first, second);
  VRS.set(code, vr);
  return vr;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function readElement(reading: Reading, tag: number, vr: string, length: number, headBytes: number): boolean {
  const { frames, visitor } = reading;
  const top = frames.at(-1);
  if (++reading.elements > MAX_ELEMENTS) return fail(reading, 'too many elements');
  if (top?.kind === 'sequence') return fail(reading, 'an element stands where an item should');
  const within = frames.length === 0 ? NOWHERE : frames.filter((frame) => frame.kind === 'sequence').map((frame) => frame.tag);
  const element: Element = { tag, vr, length, depth: within.length, within };
  const wish = visitor.begin(element);
  drop(reading, headBytes);
  if (wish === 'stop') return finish(reading);
  if (length === UNDEFINED_LENGTH) return enterUndefined(reading, element);
  if (reading.offset + length > endOf(top)) return fail(reading, 'an element is longer than its item');
  if (wish === 'enter') return enter(reading, tag, reading.offset + length, explicitIn(reading));
  retain(reading, element, typeof wish === 'number' ? Math.min(wish, length) : 0);
  return true;
}

/** An element whose end is marked is a sequence, or pixels in fragments, where reading ends. */
function enterUndefined(reading: Reading, { tag, vr }: Element): boolean {
  if (tag === 0x7fe00010 || vr === 'OB' || vr === 'OW') return finish(reading);
  // UN of undefined length is a sequence in implicit VR (PS3.5 §6.2.2 note 4).
  return enter(reading, tag, Infinity, vr !== 'UN' && explicitIn(reading));
}

function explicitIn(reading: Reading): boolean {
  return reading.frames.at(-1)?.explicit ?? reading.explicit;
}

function endOf(frame: Frame | undefined): number {
  return frame?.end ?? Infinity;
}

function retain(reading: Reading, element: Element, bytes: number): void {
  reading.skipping = element.length - bytes;
  if (bytes > 0) reading.kept = { element, bytes };
}

function readDelimiter(reading: Reading, tag: number, length: number): boolean {
  const { frames } = reading;
  const top = frames.at(-1);
  drop(reading, 8);
  if (tag === 0xfffee000 && top?.kind === 'sequence') {
    const end = length === UNDEFINED_LENGTH ? Infinity : reading.offset + length;
    if (end !== Infinity && end > top.end) return fail(reading, 'an item is longer than its sequence');
    frames.push({ kind: 'item', tag, end: Math.min(end, top.end), explicit: top.explicit });
    return true;
  }
  const closes = tag === 0xfffee00d ? 'item' : 'sequence';
  if (tag === 0xfffee000 || top?.kind !== closes) return fail(reading, 'a delimiter stands where none should');
  frames.pop();
  return true;
}

function enter(reading: Reading, tag: number, end: number, explicit: boolean): boolean {
  const top = reading.frames.at(-1);
  if (reading.frames.length >= MAX_DEPTH * 2) return fail(reading, 'sequences are nested too deeply');
  reading.frames.push({ kind: 'sequence', tag, end: Math.min(end, top?.end ?? Infinity), explicit });
  return true;
}

function finish(reading: Reading): boolean {
  reading.done = true;
  return false;
}

function fail(reading: Reading, fault: string): boolean {
  reading.fault = fault;
  return finish(reading);
}

function advance(reading: Reading, count: number): Buffer {
  reading.offset += count;
  return reading.inflow.take(count);
}

function drop(reading: Reading, count: number): void {
  reading.offset += count;
  reading.inflow.skip(count);
}
