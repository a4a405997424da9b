/** The median and the 99th percentile of measured values, in their unit. */
export function figuresOf(values: readonly number[]): { p50: number; p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** A line of a result: what, how much, and the aim when there is one. */
export function row(what: string, value: string, aim = ''): void {
  process.stdout.write(`  ${what.padEnd(66)} ${value.padStart(16)}   ${aim}\n`);
}

/** A title over rows. */
export function title(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;
export const ratio = (value: number): string => `× ${value.toFixed(2)}`;
