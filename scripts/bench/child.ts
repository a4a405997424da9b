import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A program of this folder in a process of its own; `ready` is the first line it printed. */
export interface Child {
  process: ChildProcess;
  ready: string;
  stop(): Promise<void>;
}

/** Starts a program of this folder and waits for its first line. */
export async function startChild(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Child> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
  });
  const ready = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code ?? 'a signal'}`)));
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
  });
  return {
    process: child,
    ready,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 3000).unref();
      await gone;
    },
  };
}
