import { writeFileMeta } from '#server/platform/dicom/file.ts';
import { EXPLICIT_LITTLE } from '#server/platform/dicom/uids.ts';
import { KEYWORDS, type Keyword, type Vr } from './keywords.ts';

type Value = string | number | readonly string[] | readonly number[] | Uint8Array | readonly Dataset[];

/** Attributes by keyword; an empty text is an attribute without value (type 2). */
export type Dataset = { readonly [K in Keyword]?: Value };

/** VRs whose length takes four bytes, after two that are reserved (PS3.5 table 7.1-1). */
const LONG: ReadonlySet<Vr> = new Set<Vr>(['OW', 'SQ']);
const MARK_CREATOR = 'VIGIE SIMULATOR';
const ITEM = 0xfffe_e000;

/** The bytes of a DICOM file (PS3.10): preamble, file meta information, and the data set in explicit VR little endian. */
export function encodeFile(dataset: Dataset & { readonly SOPClassUID: string; readonly SOPInstanceUID: string }): Buffer {
  const meta = writeFileMeta({
    transferSyntaxUid: EXPLICIT_LITTLE,
    sopClassUid: dataset.SOPClassUID,
    sopInstanceUid: dataset.SOPInstanceUID,
    sourceAeTitle: '',
  });
  const body = encodeDataset({
    ...dataset,
    // A private block says on every object, whatever its kind, that nothing of it is real.
    SimulationCreator: MARK_CREATOR,
    SimulationMark: 'SIMULATED: no real patient',
  });
  return Buffer.concat([meta, body]);
}

/** The bytes of a data set, its elements in the order of their tags. */
function encodeDataset(dataset: Dataset): Buffer {
  const elements = Object.entries(dataset)
    .map(([keyword, value]) => ({ ...KEYWORDS[keyword as Keyword], value })) // Object.entries forgets the keys' type
    .sort((a, b) => a.tag - b.tag);
  return Buffer.concat(elements.flatMap(({ tag, vr, value }) => encodeElement(tag, vr, value)));
}

function encodeElement(tag: number, vr: Vr, value: Value): Buffer[] {
  const bytes = valueBytes(vr, value);
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  writeTag(head, tag, 0);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return [head, bytes];
}

function valueBytes(vr: Vr, value: Value): Buffer {
  if (value instanceof Uint8Array) return padded(Buffer.from(value.buffer, value.byteOffset, value.byteLength), 0);
  const values = typeof value === 'object' ? value : [value];
  if (vr === 'SQ') return Buffer.concat(values.map((item) => (typeof item === 'object' ? encodeItem(item) : Buffer.alloc(0))));
  if (vr === 'US' || vr === 'AT') return numberBytes(vr, values.map(Number));
  const text = values.map((each) => (typeof each === 'object' ? '' : textOf(vr, each))).join('\\');
  return padded(Buffer.from(text, 'utf8'), vr === 'UI' ? 0 : 0x20);
}

function encodeItem(dataset: Dataset): Buffer {
  const body = encodeDataset(dataset);
  const head = Buffer.alloc(8);
  writeTag(head, ITEM, 0);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

function numberBytes(vr: 'US' | 'AT', values: readonly number[]): Buffer {
  const size = vr === 'US' ? 2 : 4;
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, index) => {
    if (vr === 'AT') writeTag(bytes, value, index * size);
    else bytes.writeUInt16LE(value, index * size);
  });
  return bytes;
}

function writeTag(bytes: Buffer, tag: number, offset: number): void {
  bytes.writeUInt16LE(tag >>> 16, offset);
  bytes.writeUInt16LE(tag & 0xffff, offset + 2);
}

/** A decimal string has at most 16 characters (PS3.5 6.2). */
function textOf(vr: Vr, value: string | number): string {
  const short = String(value);
  return vr === 'DS' && typeof value === 'number' && short.length > 16 ? String(Number(value.toPrecision(9))) : short;
}

function padded(bytes: Buffer, fill: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(fill)]);
}
