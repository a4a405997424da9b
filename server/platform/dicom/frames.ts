/** Bytes that have arrived and were not taken yet, in the pieces they came in. */
export interface Inflow {
  pieces: Buffer[];
  bytes: number;
}

export function createInflow(): Inflow {
  return { pieces: [], bytes: 0 };
}

export function append(inflow: Inflow, piece: Buffer): void {
  if (piece.length === 0) return;
  inflow.pieces.push(piece);
  inflow.bytes += piece.length;
}

/** The first `count` bytes, left where they are; null when they have not all arrived. */
export function peek(inflow: Inflow, count: number): Buffer | null {
  if (inflow.bytes < count) return null;
  const first = inflow.pieces[0];
  if (first && first.length >= count) return first.subarray(0, count);
  return gather(inflow, count);
}

/** Takes the first `count` bytes, all of which must have arrived; one copy at most, and none when they came in one piece. */
export function take(inflow: Inflow, count: number): Buffer {
  const taken = peek(inflow, count) ?? Buffer.alloc(0);
  discard(inflow, count);
  return taken;
}

/** Takes what the first piece holds of the next `most` bytes, without a copy; null when nothing has arrived. */
export function takeSome(inflow: Inflow, most: number): Buffer | null {
  const first = inflow.pieces[0];
  if (!first) return null;
  const taken = first.length <= most ? first : first.subarray(0, most);
  discard(inflow, taken.length);
  return taken;
}

/** Copies what is left of a piece appended last, whose memory is another's: it may be used again from now on. */
export function keepLast(inflow: Inflow, piece: Buffer): void {
  const last = inflow.pieces.at(-1);
  if (last?.buffer === piece.buffer) inflow.pieces[inflow.pieces.length - 1] = Buffer.from(last);
}

/** Passes over the first `count` bytes. */
export function discard(inflow: Inflow, count: number): void {
  let left = count;
  let done = 0;
  for (const piece of inflow.pieces) {
    if (piece.length > left) {
      inflow.pieces[done] = piece.subarray(left);
      break;
    }
    left -= piece.length;
    done++;
  }
  inflow.pieces.splice(0, done);
  inflow.bytes -= count;
}

/** Forgets everything. */
export function clear(inflow: Inflow): void {
  inflow.pieces = [];
  inflow.bytes = 0;
}

function gather(inflow: Inflow, count: number): Buffer {
  const out = Buffer.allocUnsafe(count);
  let at = 0;
  for (const piece of inflow.pieces) {
    at += piece.copy(out, at, 0, Math.min(piece.length, count - at));
    if (at === count) break;
  }
  return out;
}
