const BUCKET_MS = 2000;
const BUCKETS = 30;
/** A rate is what came over this many buckets: short enough to fall at once, long enough not to jump. */
const RATE_BUCKETS = 3;

/** Counts what comes in the last minute, in buckets of two seconds. */
export interface Rates {
  add(at: Date, messages: number, bytes: number): void;
  /** Messages and bytes per second over the last seconds. */
  perSecond(at: Date): { messagesPerSecond: number; bytesPerSecond: number };
  /** Messages per bucket over the last minute, oldest first. */
  recent(at: Date): number[];
}

/** Makes a counter that has seen nothing yet. */
export function createRates(): Rates {
  const messages = createBuckets(BUCKET_MS, BUCKETS);
  const bytes = createBuckets(BUCKET_MS, BUCKETS);
  return {
    add(at, newMessages, newBytes) {
      messages.add(at, newMessages);
      bytes.add(at, newBytes);
    },
    perSecond(at) {
      const seconds = ((RATE_BUCKETS - 1) * BUCKET_MS + (at.getTime() % BUCKET_MS)) / 1000;
      const rate = (values: readonly number[]) => Math.round((10 * sum(values.slice(-RATE_BUCKETS))) / seconds) / 10;
      return { messagesPerSecond: rate(messages.values(at)), bytesPerSecond: Math.round(rate(bytes.values(at))) };
    },
    recent: (at) => messages.values(at),
  };
}

/** Sums per stretch of time, the last ones only; starts with what is given, whose last value stands for the bucket `lastNumber`. */
export function createBuckets(lengthMs: number, size: number, initial: readonly number[] = [], lastNumber = 0) {
  let newest = lastNumber;
  let sums: number[] = Array.from({ length: size }, (_, index) => initial[index - size + initial.length] ?? 0);

  function moveTo(at: Date): void {
    const number = Math.floor(at.getTime() / lengthMs);
    const steps = Math.min(size, Math.max(0, number - newest));
    if (steps > 0) sums = [...sums.slice(steps), ...Array.from({ length: steps }, () => 0)];
    newest = Math.max(newest, number);
  }

  return {
    add(at: Date, amount: number): void {
      moveTo(at);
      sums[size - 1] = (sums[size - 1] ?? 0) + amount;
    },
    /** Oldest first; the last is the bucket that runs. */
    values(at: Date): number[] {
      moveTo(at);
      return [...sums];
    },
    /** The number of the bucket that runs. */
    number: () => newest,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
