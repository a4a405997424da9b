import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CLIENT_DIR } from '#server/platform/http/client-files.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const SOURCES = ['client', 'shared', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];

/** Builds the client when there is no build, or when a source is newer than it. Resolves to whether it built. */
export async function ensureClientBuilt(say: (line: string) => void): Promise<boolean> {
  const shell = path.join(CLIENT_DIR, 'shell.html');
  const builtAt = existsSync(shell) ? (await stat(shell)).mtimeMs : 0;
  const changedAt = Math.max(...(await Promise.all(SOURCES.map((source) => newest(path.join(ROOT, source))))));
  if (builtAt > changedAt) return false;
  say('Building the client (about ten seconds, once)…');
  await build();
  return true;
}

/** In a process of its own: the builder's memory goes with it, and the server can be made ready meanwhile. */
async function build(): Promise<void> {
  const child = spawn(process.execPath, [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [code] = (await once(child, 'exit')) as [number | null]; // what `exit` gives
  if (code !== 0) throw new Error('The client could not be built: see above.');
}

async function newest(place: string): Promise<number> {
  const info = await stat(place);
  if (!info.isDirectory()) return info.mtimeMs;
  const entries = await readdir(place);
  return Math.max(0, ...(await Promise.all(entries.map((entry) => newest(path.join(place, entry))))));
}
