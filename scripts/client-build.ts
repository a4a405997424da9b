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
  const { build } = await import('vite');
  await build({ root: ROOT, logLevel: 'error' });
  return true;
}

async function newest(place: string): Promise<number> {
  const info = await stat(place);
  if (!info.isDirectory()) return info.mtimeMs;
  const entries = await readdir(place);
  return Math.max(0, ...(await Promise.all(entries.map((entry) => newest(path.join(place, entry))))));
}
