const SPACE = 0x20;

/** A text without the padding DICOM puts at its end (spaces and NULs), nor spaces before it. */
export function trimPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= SPACE) end--;
  let start = 0;
  while (start < end && text.charCodeAt(start) <= SPACE) start++;
  return text.slice(start, end);
}

/** A text with every control character replaced: safe to show, to log and to store. */
export function withoutControls(text: string, replacement: string): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= SPACE && (code < 0x7f || code > 0x9f)) continue;
    out += text.slice(from, at) + replacement;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** The code of a system error, as `ENOSPC`; null when it has none. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
