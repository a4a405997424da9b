/** Bytes that grow as they are written: of a document, of an index key. */
export interface Bytes {
  buffer: Buffer;
  length: number;
}

export const newBytes = (size: number): Bytes => ({ buffer: Buffer.allocUnsafeSlow(size), length: 0 });

/** Makes room for so many more bytes, and takes it: says where it begins. The buffer may be another one afterwards. */
export function take(out: Bytes, size: number): number {
  const at = out.length;
  out.length += size;
  if (out.length > out.buffer.length) {
    const larger = Buffer.allocUnsafeSlow(Math.max(out.buffer.length * 2, out.length));
    out.buffer.copy(larger, 0, 0, at);
    out.buffer = larger;
  }
  return at;
}

export function putByte(out: Bytes, value: number): void {
  const at = take(out, 1);
  out.buffer[at] = value;
}

export function putRaw(out: Bytes, bytes: ArrayLike<number>): void {
  const at = take(out, bytes.length);
  out.buffer.set(bytes, at);
}

/** Writes a text as UTF-8 and a zero behind it. While characters are ASCII, a loop is quicker than a native call for a short text. */
export function putText(out: Bytes, text: string): void {
  const at = take(out, text.length * 3 + 1);
  const { buffer } = out;
  let length = 0;
  for (; length < text.length && length < 48; length++) {
    const unit = text.charCodeAt(length);
    if (unit > 127) break;
    buffer[at + length] = unit;
  }
  if (length < text.length) length = buffer.write(text, at);
  buffer[at + length] = 0;
  out.length = at + length + 1;
}

/** A copy of what was written. A buffer that has grown large is let go. */
export function written(out: Bytes): Uint8Array {
  const copy = new Uint8Array(out.buffer.subarray(0, out.length));
  if (out.buffer.length > maxKeptBytes) out.buffer = Buffer.allocUnsafeSlow(maxKeptBytes);
  return copy;
}

const maxKeptBytes = 1024 * 1024;
