/** Told how far a copy is. */
export type Progress = (collection: string, done: number, expected: number) => void;

export const silent: Progress = () => undefined;

const WIDTH = 28;
const EVERY_MS = 100;

/** A bar on a terminal; nothing where there is none, so that logs of scheduled runs stay short. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): { report: Progress; end(): void } {
  if (!stream.isTTY) return { report: silent, end: () => undefined };
  let shownAt = 0;
  return {
    report: (collection, done, expected) => {
      const now = Date.now();
      if (now - shownAt < EVERY_MS && done < expected) return;
      shownAt = now;
      const share = expected === 0 ? 1 : Math.min(1, done / expected);
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      stream.write(`\r\x1b[K[${bar}] ${String(Math.round(share * 100)).padStart(3)} %  ${collection}  ${done}`);
    },
    end: () => void stream.write('\r\x1b[K'),
  };
}
