import type { Log } from '#server/platform/log.ts';

export type Worker<T> = ReturnType<typeof createWorker<T>>;

/**
 * Works things off one after another, each once while it waits. What fails is kept and tried again with the next `sweep`: it is stored, so a
 * later start finds it too.
 */
export function createWorker<T>({ work, log }: { work: (one: T) => Promise<void>; log: Log }) {
  const waiting = new Set<T>();
  const failed = new Set<T>();
  let running: Promise<void> | undefined;
  let closed = false;

  async function run(): Promise<void> {
    for (const one of waiting) {
      if (closed) return;
      waiting.delete(one);
      try {
        await work(one);
      } catch (error) {
        failed.add(one);
        log.warn({ err: error }, 'work on a study failed; it is tried again');
      }
    }
  }

  function start(): void {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.size > 0 && !closed) start();
    });
  }

  return {
    add(one: T): void {
      waiting.add(one);
      start();
    },
    /** Tries again what failed. */
    sweep(): void {
      for (const one of failed) waiting.add(one);
      failed.clear();
      if (waiting.size > 0) start();
    },
    async close(): Promise<void> {
      closed = true;
      await running;
    },
  };
}
