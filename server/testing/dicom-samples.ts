import { IMPLICIT_LITTLE, EXPLICIT_BIG, EXPLICIT_LITTLE } from '#server/platform/dicom/uids.ts';
import { writeFileMeta } from '#server/platform/dicom/file.ts';

/** One element to write: its value as text (several by `\`), as bytes, as a number of US, or as the items of a sequence. */
export interface SampleElement {
  readonly tag: number;
  readonly vr: string;
  readonly value: string | number | Buffer | readonly (readonly SampleElement[])[];
}

export interface SampleOptions {
  readonly transferSyntax?: string;
  /** Overrides or adds elements, by tag; null leaves one out. */
  readonly change?: Readonly<Record<number, SampleElement | null>>;
}

export interface CtOptions extends SampleOptions {
  readonly patient?: number;
  readonly study?: number;
  readonly series?: number;
  readonly instance?: number;
  /** Rows and columns; 512 gives 512 KB of pixels. */
  readonly size?: number;
}

export interface Sample {
  /** A whole DICOM file. */
  readonly file: Buffer;
  readonly dataset: Buffer;
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly study: string;
  readonly series: string;
}

const ROOT = '1.2.826.0.1.3680043.9.9999';
export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const RTSTRUCT = '1.2.840.10008.5.1.4.1.1.481.3';
const LONG_VRS: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'SQ', 'UN', 'UT']);

/** A CT image of an invented patient: the same numbers give the same bytes. */
export function sampleCt(options: CtOptions = {}): Sample {
  const { patient = 1, study = 1, series = 1, instance = 1, size = 64 } = options;
  const uid = `${ROOT}.${patient}.${study}`;
  const elements = [
    ...identity(CT, `${uid}.${series}.${instance}`, 'CT'),
    ...person(patient),
    text(0x0020000d, 'UI', uid),
    text(0x0020000e, 'UI', `${uid}.${series}`),
    text(0x00200011, 'IS', String(series)),
    text(0x00200013, 'IS', String(instance)),
    text(0x00200052, 'UI', `${uid}.0`),
    number(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    number(0x00280010, size),
    number(0x00280011, size),
    number(0x00280100, 16),
    number(0x00280101, 12),
    number(0x00280102, 11),
    number(0x00280103, 0),
    { tag: 0x7fe00010, vr: 'OW', value: pixels(size, instance) },
  ];
  return sample(CT, elements, options);
}

/** A structure set that refers to a study's CT. */
export function sampleRtStruct(options: CtOptions = {}): Sample {
  const { patient = 1, study = 1, series = 9, instance = 1 } = options;
  const uid = `${ROOT}.${patient}.${study}`;
  const contours = [text(0x30060026, 'LO', 'PTV')];
  const rtSeries = [text(0x0020000e, 'UI', `${uid}.1`)];
  const rtStudy = [text(0x00081155, 'UI', uid), sequence(0x30060014, [rtSeries])];
  const elements = [
    ...identity(RTSTRUCT, `${uid}.${series}.${instance}`, 'RTSTRUCT'),
    ...person(patient),
    text(0x0020000d, 'UI', uid),
    text(0x0020000e, 'UI', `${uid}.${series}`),
    text(0x30060002, 'SH', 'Contours v1'),
    sequence(0x30060010, [[text(0x00200052, 'UI', `${uid}.0`), sequence(0x30060012, [rtStudy])]]),
    sequence(0x30060020, [contours]),
    text(0x300e0002, 'CS', 'UNAPPROVED'),
  ];
  return sample(RTSTRUCT, elements, options);
}

/** Any object: its elements are put in order and written in a transfer syntax. */
export function sample(sopClass: string, given: readonly SampleElement[], options: SampleOptions = {}): Sample {
  const { transferSyntax = EXPLICIT_LITTLE, change = {} } = options;
  const byTag = new Map(given.map((element) => [element.tag, element]));
  for (const [tag, element] of Object.entries(change)) {
    if (element === null) byTag.delete(Number(tag));
    else byTag.set(Number(tag), element);
  }
  const elements = [...byTag.values()].sort((a, b) => a.tag - b.tag);
  const dataset = writeDataset(elements, transferSyntax);
  const valueOf = (tag: number) => textOf(byTag.get(tag));
  const sopInstance = textOf(given.find(({ tag }) => tag === 0x00080018));
  const meta = writeFileMeta({
    sopClassUid: sopClass,
    sopInstanceUid: sopInstance,
    transferSyntaxUid: transferSyntax,
    sourceAeTitle: 'SAMPLE',
  });
  return { file: Buffer.concat([meta, dataset]), dataset, sopClass, sopInstance, study: valueOf(0x0020000d), series: valueOf(0x0020000e) };
}

/** A data set's bytes: explicit VR little endian unless the transfer syntax says otherwise. */
export function writeDataset(elements: readonly SampleElement[], transferSyntax: string): Buffer {
  const implicit = transferSyntax === IMPLICIT_LITTLE;
  const big = transferSyntax === EXPLICIT_BIG;
  return Buffer.concat(elements.map((element) => writeElement(element, implicit, big)));
}

export function text(tag: number, vr: string, value: string): SampleElement {
  return { tag, vr, value };
}

export function number(tag: number, value: number): SampleElement {
  return { tag, vr: 'US', value };
}

export function sequence(tag: number, items: readonly (readonly SampleElement[])[]): SampleElement {
  return { tag, vr: 'SQ', value: items };
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function identity(sopClass: string, sopInstance: string, modality: string): SampleElement[] {
  return [
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080016, 'UI', sopClass),
    text(0x00080018, 'UI', sopInstance),
    text(0x00080020, 'DA', '20260105'),
    text(0x00080030, 'TM', '083000'),
    text(0x00080050, 'SH', 'A1'),
    text(0x00080060, 'CS', modality),
    text(0x00080070, 'LO', 'Invented'),
    text(0x00081010, 'SH', 'CT1'),
    text(0x00081030, 'LO', 'Dosimétrie'),
  ];
}

function person(patient: number): SampleElement[] {
  return [
    text(0x00100010, 'PN', `ESSAI^N${patient}`),
    text(0x00100020, 'LO', `P${String(patient).padStart(6, '0')}`),
    text(0x00100030, 'DA', '19600101'),
    text(0x00100040, 'CS', 'O'),
  ];
}

/** Pixels that differ from image to image and do not compress to nothing. */
function pixels(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size * size * 2);
  for (let at = 0; at < bytes.length; at += 2) bytes.writeUInt16LE((Math.imul(at + seed * 7919, 2_654_435_761) >>> 20) & 0xfff, at);
  return bytes;
}

function textOf(element: SampleElement | undefined): string {
  return typeof element?.value === 'string' ? element.value : '';
}

function writeElement({ tag, vr, value }: SampleElement, implicit: boolean, big: boolean): Buffer {
  const bytes = writeValue(vr, value, implicit, big);
  const isLong = implicit || LONG_VRS.has(vr);
  const head = Buffer.alloc(isLong && !implicit ? 12 : 8);
  const u16 = (word: number, at: number) => (big ? head.writeUInt16BE(word, at) : head.writeUInt16LE(word, at));
  const u32 = (word: number, at: number) => (big ? head.writeUInt32BE(word, at) : head.writeUInt32LE(word, at));
  u16(tag >>> 16, 0);
  u16(tag & 0xffff, 2);
  if (!implicit) head.write(vr, 4, 2, 'latin1');
  if (isLong) u32(bytes.length, implicit ? 4 : 8);
  else u16(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

function writeValue(vr: string, value: SampleElement['value'], implicit: boolean, big: boolean): Buffer {
  if (Buffer.isBuffer(value)) return big && vr === 'OW' ? Buffer.from(value).swap16() : value;
  if (typeof value === 'number') {
    const word = Buffer.alloc(2);
    if (big) word.writeUInt16BE(value);
    else word.writeUInt16LE(value);
    return word;
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  return Buffer.concat(value.map((item) => writeItem(item, implicit, big)));
}

function writeItem(elements: readonly SampleElement[], implicit: boolean, big: boolean): Buffer {
  const body = Buffer.concat(elements.map((element) => writeElement(element, implicit, big)));
  const head = Buffer.alloc(8);
  if (big) {
    head.writeUInt32BE(0xfffee000);
    head.writeUInt32BE(body.length, 4);
  } else {
    head.writeUInt16LE(0xfffe, 0);
    head.writeUInt16LE(0xe000, 2);
    head.writeUInt32LE(body.length, 4);
  }
  return Buffer.concat([head, body]);
}
