import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { createHeaderReader, type DicomHeader } from './header.ts';
import { trimPadding } from './text.ts';
import { DEFLATED_SYNTAXES, EXPLICIT_LITTLE, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, IMPLICIT_LITTLE } from './uids.ts';

const PREAMBLE_BYTES = 128;
const META_START = PREAMBLE_BYTES + 4;
/** Ours has 300 bytes; no file's has more than some kilobytes. */
const MAX_META_BYTES = 65_536;
const LONG_VRS: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'UN', 'UT', 'SQ', 'UC', 'UR']);

export interface FileMeta {
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Where the data set begins. */
  readonly datasetAt: number;
}

interface FileMetaToWrite {
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly sourceAeTitle: string;
}

/** The preamble and file meta information of a file of ours (PS3.10 §7.1), to be followed by a data set as it was received. */
export function writeFileMeta({ transferSyntaxUid, sopClassUid, sopInstanceUid, sourceAeTitle }: FileMetaToWrite): Buffer {
  const elements: [element: number, vr: string, value: string][] = [
    [0x0001, 'OB', '\0\u0001'],
    [0x0002, 'UI', sopClassUid],
    [0x0003, 'UI', sopInstanceUid],
    [0x0010, 'UI', transferSyntaxUid],
    [0x0012, 'UI', IMPLEMENTATION_CLASS_UID],
    [0x0013, 'SH', IMPLEMENTATION_VERSION],
  ];
  if (sourceAeTitle !== '') elements.push([0x0016, 'AE', sourceAeTitle]);
  const out = Buffer.alloc(elements.reduce((total, [, , value]) => total + 13 + value.length, META_START + 12));
  let at = META_START + 12;
  for (const [element, vr, value] of elements) at = writeMetaElement(out, at, element, vr, value);
  out.write('DICM', PREAMBLE_BYTES, 'latin1');
  writeMetaElement(out, META_START, 0x0000, 'UL', '\0\0\0\0');
  out.writeUInt32LE(at - META_START - 12, META_START + 8);
  return out.subarray(0, at);
}

/** Reads the file meta information from the first bytes of a file; null when they are not those of a DICOM file. */
export function readFileMeta(start: Buffer): FileMeta | null {
  if (start.length < META_START + 8 || start.toString('latin1', PREAMBLE_BYTES, META_START) !== 'DICM') return null;
  const found = new Map<number, string>();
  let at = META_START;
  while (at + 8 <= start.length && start.readUInt16LE(at) === 0x0002) {
    const span = metaSpan(start, at);
    if (!span) return null;
    found.set(start.readUInt16LE(at + 2), trimPadding(start.toString('latin1', span.from, Math.min(span.to, span.from + 128))));
    at = span.to;
  }
  const transferSyntaxUid = found.get(0x0010);
  if (!transferSyntaxUid) return null;
  return { transferSyntaxUid, sopClassUid: found.get(0x0002) ?? '', sopInstanceUid: found.get(0x0003) ?? '', datasetAt: at };
}

/** Where the value of an element of the meta information lies; null when it is not all there. */
function metaSpan(start: Buffer, at: number): { from: number; to: number } | null {
  const isLong = LONG_VRS.has(start.toString('latin1', at + 4, at + 6));
  const from = at + (isLong ? 12 : 8);
  if (from > start.length) return null;
  const to = from + (isLong ? start.readUInt32LE(at + 8) : start.readUInt16LE(at + 6));
  return to > start.length ? null : { from, to };
}

/**
 * Reads the header of a DICOM file, up to its pixel data. A file without file meta information is read as a bare data set.
 *
 * @throws the error of the file system when it cannot be read. What lies in it makes no error: see `faults`.
 */
export async function readHeader(path: string): Promise<DicomHeader> {
  const meta = await metaOf(path);
  const syntax = meta?.transferSyntaxUid ?? (await bareSyntax(path));
  const reader = createHeaderReader(syntax);
  await feedDataset(path, meta?.datasetAt ?? 0, syntax, (bytes) => {
    reader.push(bytes);
    return !reader.done;
  });
  return reader.finish();
}

/** The file meta information of a file. */
export async function metaOf(path: string): Promise<FileMeta | null> {
  for await (const start of createReadStream(path, { end: MAX_META_BYTES - 1, highWaterMark: MAX_META_BYTES })) {
    return readFileMeta(bufferOf(start));
  }
  return null;
}

/** Gives a data set's bytes, inflated, to a taker until it has enough or they end. A stream that cannot be inflated ends where it breaks. */
export async function feedDataset(path: string, from: number, syntax: string, taker: (bytes: Buffer) => boolean): Promise<void> {
  const file = createReadStream(path, { start: from });
  if (!DEFLATED_SYNTAXES.has(syntax)) {
    for await (const bytes of file) if (!taker(bufferOf(bytes))) return;
    return;
  }
  const inflated = pipeline(file, createInflateRaw(), () => undefined);
  try {
    for await (const bytes of inflated) if (!taker(bufferOf(bytes))) return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
  }
}

async function bareSyntax(path: string): Promise<string> {
  for await (const start of createReadStream(path, { end: 7 })) {
    return /^[A-Z]{2}$/.test(bufferOf(start).toString('latin1', 4, 6)) ? EXPLICIT_LITTLE : IMPLICIT_LITTLE;
  }
  return EXPLICIT_LITTLE;
}

/** Streams are typed as giving anything; without an encoding they give buffers. */
function bufferOf(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError('a stream gave something else than bytes');
  return chunk;
}

/** Writes an element; gives where the next one begins. */
function writeMetaElement(out: Buffer, from: number, element: number, vr: string, value: string): number {
  const padded = value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`;
  out.writeUInt16LE(0x0002, from);
  out.writeUInt16LE(element, from + 2);
  out.write(vr, from + 4, 'latin1');
  const isLong = LONG_VRS.has(vr);
  const at = isLong ? out.writeUInt32LE(padded.length, from + 8) : out.writeUInt16LE(padded.length, from + 6);
  return at + out.write(padded, at, 'latin1');
}
