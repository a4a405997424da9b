import { TextDecoder } from 'node:util';
import { trimPadding, withoutControls } from './text.ts';

/** Labels of TextDecoder for the character sets of PS3.3 table C.12-2 to C.12-5. ISO 2022 terms name the same sets. */
const LABELS: Readonly<Record<string, string>> = {
  '6': 'windows-1252',
  '13': 'shift_jis',
  '100': 'windows-1252',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '126': 'iso-8859-7',
  '127': 'iso-8859-6',
  '138': 'iso-8859-8',
  '144': 'iso-8859-5',
  '148': 'windows-1254',
  '149': 'euc-kr',
  '166': 'windows-874',
  '192': 'utf-8',
  '203': 'iso-8859-15',
  GB18030: 'gb18030',
  GBK: 'gb18030',
};

const decoders = new Map<string, TextDecoder>();

/**
 * Decodes text by Specific Character Set (its first set that is known; switching inside a text by ISO 2022 escapes is not followed, their
 * bytes are dropped). The default repertoire is read as Latin 1: senders that say nothing and send accents mean that. UTF-8 that says
 * nothing is recognised. Control characters become spaces.
 */
export function decodeText(bytes: Buffer, specificCharacterSet: string | undefined): string {
  if (bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) return clean(bytes.toString('latin1'));
  const label = labelOf(specificCharacterSet);
  const text = label === null ? guess(bytes) : decoder(label).decode(bytes);
  return clean(withoutEscapes(text));
}

function labelOf(specificCharacterSet: string | undefined): string | null {
  for (const term of (specificCharacterSet ?? '').split('\\')) {
    const name = trimPadding(term);
    const label = LABELS[name] ?? LABELS[/(\d+)$/.exec(name)?.[1] ?? ''];
    if (label) return label;
  }
  return null;
}

function guess(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decoder('windows-1252').decode(bytes);
  }
}

function decoder(label: string): TextDecoder {
  const known = decoders.get(label);
  if (known) return known;
  const made = new TextDecoder(label);
  decoders.set(label, made);
  return made;
}

function withoutEscapes(text: string): string {
  return text
    .split('\u001b')
    .map((part, index) => (index === 0 ? part : part.replace(/^\$?[ -/]*[@-~0-9]/, '')))
    .join('');
}

function clean(text: string): string {
  return trimPadding(withoutControls(trimPadding(text), ' '));
}
