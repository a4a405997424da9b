// Numbers and texts as TDS writes them: little-endian, texts in UTF-16.

export const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

export function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** A text with its length in characters before it, in one byte. */
export const shortText = (text: string): Buffer => Buffer.concat([u8(text.length), utf16(text)]);

/** A text with its length in characters before it, in two bytes. */
export const longText = (text: string): Buffer => Buffer.concat([u16(text.length), utf16(text)]);

/** Reads a message from its start; past its end it throws, which closes the connection. */
export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Buffer {
    if (length < 0 || length > this.left) throw new Error('the message ends before its time');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8 = (): number => this.take(1).readUInt8();
  u16 = (): number => this.take(2).readUInt16LE();
  u32 = (): number => this.take(4).readUInt32LE();
  text = (characters: number): string => this.take(characters * 2).toString('utf16le');
}
