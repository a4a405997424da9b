const NOTHING = Buffer.alloc(0);

/** Bytes that have arrived and were not taken yet, in the pieces they came in. Numbers are read where they lie: nothing is made for them. */
export class Inflow {
  #pieces: Buffer[] = [];
  /** Where the first piece goes on. */
  #at = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  append(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** Whether the next `count` bytes have arrived; then they can be read by `u8`, `u16` and `u32`, from 0 to `count`. */
  reach(count: number): boolean {
    if (this.#bytes < count) return false;
    if (this.#first.length - this.#at < count) this.#joinFirst(count);
    return true;
  }

  u8(at: number): number {
    return this.#first.readUInt8(this.#at + at);
  }

  u16(at: number, bigEndian: boolean): number {
    return bigEndian ? this.#first.readUInt16BE(this.#at + at) : this.#first.readUInt16LE(this.#at + at);
  }

  u32(at: number, bigEndian: boolean): number {
    return bigEndian ? this.#first.readUInt32BE(this.#at + at) : this.#first.readUInt32LE(this.#at + at);
  }

  /** Takes the next `count` bytes, all of which must have arrived; no copy when they came in one piece. */
  take(count: number): Buffer {
    if (count === 0 || !this.reach(count)) return NOTHING;
    const taken = this.#first.subarray(this.#at, this.#at + count);
    this.skip(count);
    return taken;
  }

  /** Takes what the first piece holds of the next `most` bytes, without a copy; null when nothing has arrived. */
  takeSome(most: number): Buffer | null {
    if (this.#bytes === 0) return null;
    return this.take(Math.min(most, this.#first.length - this.#at));
  }

  /** Passes over the next `count` bytes, all of which must have arrived. */
  skip(count: number): void {
    this.#bytes -= count;
    this.#at += count;
    while (this.#pieces.length > 0 && this.#at >= this.#first.length) {
      this.#at -= this.#first.length;
      this.#pieces.shift();
    }
  }

  /** Copies what is left of the piece that was appended last, whose memory is another's: it may be used again from now on. */
  keep(piece: Buffer): void {
    const last = this.#pieces.at(-1);
    if (last?.buffer !== piece.buffer) return;
    const from = this.#pieces.length === 1 ? this.#at : 0;
    this.#pieces[this.#pieces.length - 1] = Buffer.from(last.subarray(from));
    if (this.#pieces.length === 1) this.#at = 0;
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces = [];
    this.#at = 0;
    this.#bytes = 0;
  }

  get #first(): Buffer {
    return this.#pieces[0] ?? NOTHING;
  }

  /** Makes the next `count` bytes, which came in several pieces, one. */
  #joinFirst(count: number): void {
    const joined = Buffer.allocUnsafe(count);
    for (let done = 0; done < count;) {
      const some = Math.min(count - done, this.#first.length - this.#at);
      this.#first.copy(joined, done, this.#at, this.#at + some);
      done += some;
      this.skip(some);
    }
    if (this.#at > 0) this.#pieces[0] = this.#first.subarray(this.#at);
    this.#pieces.unshift(joined);
    this.#at = 0;
    this.#bytes += count;
  }
}
