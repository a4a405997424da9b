import { createRequire } from 'node:module';
import type dcmjs from 'dcmjs';
import { EXPLICIT_LITTLE } from './uids.ts';
import { feedDataset, metaOf } from './file.ts';
import { encodingOf, valueText } from './header.ts';
import { createReader, UNDEFINED_LENGTH, type Element } from './reader.ts';

/** One element, as the tag view shows it. */
export interface TagLine {
  /** As `(0010,0020)`. */
  readonly tag: string;
  readonly vr: string;
  /** Empty for private and unknown attributes. */
  readonly keyword: string;
  /** At most 256 characters; empty for sequences and for values that are no text. */
  readonly value: string;
  /** In bytes; null when its end is marked, not counted. */
  readonly length: number | null;
  /** 0 for the data set itself, 1 inside the items of a sequence, and so on. */
  readonly depth: number;
  readonly truncated: boolean;
}

const MAX_CHARACTERS = 256;
const MAX_LINES = 5000;
const MAX_DEPTH = 8;
const BINARY: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SV', 'UV', 'UN', 'SQ']);

/** Every element of a DICOM file in order, sequences walked into, up to its pixel data or 5,000 lines; values bounded. */
export async function readTags(path: string): Promise<readonly TagLine[]> {
  const meta = await metaOf(path);
  const syntax = meta?.transferSyntaxUid ?? EXPLICIT_LITTLE;
  const lines: TagLine[] = [];
  let charset: string | undefined;
  const reader = createReader(encodingOf(syntax), {
    begin(element) {
      if (lines.length >= MAX_LINES) return 'stop';
      if (element.depth > MAX_DEPTH) return 'skip';
      lines.push(lineOf(element));
      if (element.tag === 0x7fe00010) return 'stop';
      if (element.vr === 'SQ') return 'enter';
      return BINARY.has(element.vr) ? 'skip' : MAX_CHARACTERS * 4;
    },
    value(element, bytes) {
      if (element.tag === 0x00080005) charset = bytes.toString('latin1');
      const line = lines.pop();
      if (!line) return;
      const text = valueText(element.vr, bytes, charset, encodingOf(syntax).bigEndian);
      const truncated = text.length > MAX_CHARACTERS || element.length > bytes.length;
      lines.push({ ...line, value: text.slice(0, MAX_CHARACTERS), truncated });
    },
    vrOf: (tag) => attributeOf(tag)?.vr ?? 'UN',
  });
  await feedDataset(path, meta?.datasetAt ?? 0, syntax, (bytes) => {
    reader.push(bytes);
    return !reader.done;
  });
  return lines;
}

function lineOf({ tag, vr, length, depth }: Element): TagLine {
  const counted = length === UNDEFINED_LENGTH ? null : length;
  return { tag: tagText(tag), vr, keyword: attributeOf(tag)?.name ?? '', value: '', length: counted, depth, truncated: false };
}

function tagText(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** Loaded when tags are first looked at, and as dcmjs-dimse loads it: imported, the library would be in memory twice. */
const dictionary = () => (createRequire(import.meta.url)('dcmjs') as typeof dcmjs).data.DicomMetaDictionary.dictionary; // its only export

/** From dcmjs's dictionary. Value representations that depend on others (`US or SS`, written `ox`, `xs`) are read as bytes. */
function attributeOf(tag: number): { vr: string; name: string } | null {
  const found = dictionary()[tagText(tag)];
  if (!found) return null;
  return { vr: /^[A-Z][A-Z]$/.test(found.vr) ? found.vr : 'UN', name: found.name };
}
