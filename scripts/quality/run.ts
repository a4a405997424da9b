import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Runs a program of the project's own dependencies, its output shown as it comes; resolves to its exit code. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return ended(spawn(place(program), args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } }));
}

/** Runs a program of the project's own dependencies; resolves to its exit code and all that it said. */
export async function output(program: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  const child = spawn(place(program), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  const code = await ended(child);
  return { code, text: Buffer.concat(parts).toString() };
}

function place(program: string): string {
  return path.join(ROOT, 'node_modules/.bin', program);
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
