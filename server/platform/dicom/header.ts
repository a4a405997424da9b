import { decodeText } from './charset.ts';
import { ATTRIBUTES, LAST_TAG, NESTED, REFERENCES, type Keyword } from './keywords.ts';
import { createReader, type Element, type Encoding, type Reader, type Visitor } from './reader.ts';
import { trimPadding } from './text.ts';
import { EXPLICIT_BIG, GE_PRIVATE, IMPLICIT_LITTLE, isUid } from './uids.ts';

export type { Keyword } from './keywords.ts';

/** The header of an object: what is indexed. Values are trimmed and decoded texts, several of them separated by `\`; absent or empty: undefined. */
export interface DicomHeader {
  readonly transferSyntaxUid: string;
  readonly values: Readonly<Partial<Record<Keyword, string>>>;
  readonly referencedStudyUids: readonly string[];
  readonly referencedSeriesUids: readonly string[];
  readonly referencedFrameOfReferenceUids: readonly string[];
  /** The plan a dose belongs to, the structure set a plan was made on. */
  readonly referencedSopInstanceUids: readonly string[];
  /** Values that were longer than 1,024 characters and are cut. */
  readonly truncated: readonly Keyword[];
  /** What is wrong with the object, without its values: `StudyDate is not a date`. */
  readonly faults: readonly string[];
}

const MAX_CHARACTERS = 1024;
/** UTF-8 takes up to four bytes a character. */
const MAX_BYTES = MAX_CHARACTERS * 4;
const MAX_REFERENCES = 64;
const SEQUENCES: ReadonlySet<number> = new Set(Object.values(REFERENCES));
const WANTED_INSIDE: ReadonlySet<number> = new Set(Object.values(NESTED));

export interface HeaderReader {
  push(bytes: Buffer): void;
  /** Whether everything of interest has been seen: the rest need not be pushed. */
  readonly done: boolean;
  finish(): DicomHeader;
}

interface Kept {
  readonly element: Element;
  readonly bytes: Buffer;
}

/** Reads the header out of a data set's bytes as they come, up to its pixel data. A deflated data set must be inflated first. */
export function createHeaderReader(transferSyntaxUid: string): HeaderReader {
  const kept: Kept[] = [];
  const nested: Kept[] = [];
  const visitor: Visitor = {
    begin: (element) => wish(element),
    value: (element, bytes) => {
      // A copy: the value must not keep the whole PDU in memory that it is a part of.
      (element.depth === 0 ? kept : nested).push({ element, bytes: Buffer.from(bytes) });
    },
    vrOf: (tag) => ATTRIBUTES.get(tag)?.vr ?? (SEQUENCES.has(tag) ? 'SQ' : 'UN'),
  };
  const reader = createReader(encodingOf(transferSyntaxUid), visitor);
  return {
    push: (bytes) => reader.push(bytes),
    get done() {
      return reader.done;
    },
    finish: () => headerOf(transferSyntaxUid, reader, kept, nested),
  };
}

/** How a transfer syntax writes its elements. All but two write explicit VR little endian (PS3.5 annex A); unknown ones are assumed to. */
export function encodingOf(transferSyntaxUid: string): Encoding {
  const implicit = transferSyntaxUid === IMPLICIT_LITTLE || transferSyntaxUid === GE_PRIVATE;
  return { explicit: !implicit, bigEndian: transferSyntaxUid === EXPLICIT_BIG };
}

function wish(element: Element): number | 'enter' | 'skip' | 'stop' {
  if (element.depth === 0) {
    if (element.tag > LAST_TAG) return 'stop';
    if (SEQUENCES.has(element.tag)) return 'enter';
    return ATTRIBUTES.has(element.tag) ? MAX_BYTES : 'skip';
  }
  const outermost = element.within[0];
  if (outermost === undefined || !SEQUENCES.has(outermost)) return 'skip';
  if (element.tag === REFERENCES.rtReferencedStudy || element.tag === REFERENCES.rtReferencedSeries) return 'enter';
  return WANTED_INSIDE.has(element.tag) ? 128 : 'skip';
}

function headerOf(transferSyntaxUid: string, reader: Reader, kept: readonly Kept[], nested: readonly Kept[]): DicomHeader {
  const values: Partial<Record<Keyword, string>> = {};
  const truncated: Keyword[] = [];
  const faults: string[] = reader.fault ? [reader.fault] : [];
  const charset = charsetOf(kept);
  for (const { element, bytes } of kept) {
    const attribute = ATTRIBUTES.get(element.tag);
    if (!attribute) continue;
    const text = valueText(element.vr, bytes, charset, encodingOf(transferSyntaxUid).bigEndian);
    if (element.length > MAX_BYTES || text.length > MAX_CHARACTERS) truncated.push(attribute.keyword);
    const { value, fault } = checked(attribute.keyword, attribute.vr, text.slice(0, MAX_CHARACTERS));
    if (value !== '') values[attribute.keyword] = value;
    if (fault) faults.push(fault);
  }
  return { transferSyntaxUid, values, ...referencesOf(nested), truncated, faults };
}

function charsetOf(kept: readonly Kept[]): string | undefined {
  return kept.find(({ element }) => element.tag === 0x00080005)?.bytes.toString('latin1');
}

function checked(keyword: Keyword, vr: string, text: string): { value: string; fault?: string } {
  if (vr === 'DA') return checkedDate(keyword, text);
  if (vr === 'UI' && text !== '' && !isUid(text)) return { value: text, fault: `${keyword} is not a UID` };
  return { value: text };
}

/** A date as YYYYMMDD; `00000000` and what is no date count as absent. ACR-NEMA's `YYYY.MM.DD` is understood. */
function checkedDate(keyword: Keyword, text: string): { value: string; fault?: string } {
  const digits = text.replaceAll('.', '');
  if (digits === '' || /^0+$/.test(digits)) return { value: '' };
  const isDate = /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits);
  return isDate ? { value: digits } : { value: '', fault: `${keyword} is not a date` };
}

const NUMBERS: Readonly<Record<string, readonly [bytes: number, read: (bytes: Buffer, at: number, bigEndian: boolean) => number]>> = {
  US: [2, (b, at, big) => (big ? b.readUInt16BE(at) : b.readUInt16LE(at))],
  SS: [2, (b, at, big) => (big ? b.readInt16BE(at) : b.readInt16LE(at))],
  UL: [4, (b, at, big) => (big ? b.readUInt32BE(at) : b.readUInt32LE(at))],
  SL: [4, (b, at, big) => (big ? b.readInt32BE(at) : b.readInt32LE(at))],
  FL: [4, (b, at, big) => (big ? b.readFloatBE(at) : b.readFloatLE(at))],
  FD: [8, (b, at, big) => (big ? b.readDoubleBE(at) : b.readDoubleLE(at))],
};

/** The text of a value: numbers in decimal, everything else as characters, whatever its value representation claims. */
export function valueText(vr: string, bytes: Buffer, charset: string | undefined, bigEndian: boolean): string {
  const number = NUMBERS[vr];
  if (number) {
    const [width, read] = number;
    const count = Math.floor(bytes.length / width);
    return Array.from({ length: count }, (_, index) => String(read(bytes, index * width, bigEndian))).join('\\');
  }
  if (vr === 'AT') return tagList(bytes, bigEndian);
  return decodeText(bytes, charset).split('\\').map(trimPadding).join('\\');
}

function tagList(bytes: Buffer, bigEndian: boolean): string {
  const read = (at: number) => (bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)).toString(16).padStart(4, '0').toUpperCase();
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => `(${read(index * 4)},${read(index * 4 + 2)})`).join('\\');
}

const NO_REFERENCES = {
  referencedStudyUids: [],
  referencedSeriesUids: [],
  referencedFrameOfReferenceUids: [],
  referencedSopInstanceUids: [],
};

function referencesOf(nested: readonly Kept[]) {
  if (nested.length === 0) return NO_REFERENCES;
  const study = new Set<string>();
  const series = new Set<string>();
  const frame = new Set<string>();
  const sop = new Set<string>();
  for (const { element, bytes } of nested) {
    const uid = trimPadding(bytes.toString('latin1'));
    const target = targetOf(element, { study, series, frame, sop });
    if (target && isUid(uid) && target.size < MAX_REFERENCES) target.add(uid);
  }
  return {
    referencedStudyUids: [...study],
    referencedSeriesUids: [...series],
    referencedFrameOfReferenceUids: [...frame],
    referencedSopInstanceUids: [...sop],
  };
}

type Targets = Record<'study' | 'series' | 'frame' | 'sop', Set<string>>;

/** Which list a nested UID belongs to, by the sequence right around it. */
function targetOf(element: Element, targets: Targets): Set<string> | null {
  const around = element.within.at(-1);
  if (element.tag === NESTED.frameOfReferenceUid) return around === REFERENCES.referencedFrameOfReference ? targets.frame : null;
  if (element.tag === NESTED.seriesInstanceUid) return around === REFERENCES.rtReferencedSeries ? targets.series : null;
  if (around === REFERENCES.referencedStudy || around === REFERENCES.rtReferencedStudy) return targets.study;
  return around === REFERENCES.referencedRtPlan || around === REFERENCES.referencedStructureSet ? targets.sop : null;
}
