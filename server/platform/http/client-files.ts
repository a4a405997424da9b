import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context as KoaContext, Next } from 'koa';
import sirv from 'sirv';

/** The folder of the built client. */
export const CLIENT_DIR = path.resolve(import.meta.dirname, '../../../build');

/** Where files with a hash in their name lie: they never change. */
export const BUILT_FILES = '/_app/immutable/';

/** The build's name, which the heartbeat carries; `dev` when no client was built. */
export function buildName(): string {
  const file = path.join(CLIENT_DIR, '_app/version.json');
  if (!existsSync(file)) return 'dev';
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }; // written by our own build
  return version;
}

/**
 * The sources that the content policy lets a page run scripts from: our own files, and the shell's own inline scripts by their hash, so that a script
 * that somebody smuggles into a page does not run.
 */
export function scriptSources(): string[] {
  const file = path.join(CLIENT_DIR, 'shell.html');
  const shell = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const inline = [...shell.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  return ["'self'", ...inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)];
}

/**
 * Serves the built client: files with a hash in their name for ever, precompressed where there is a smaller form, and the shell for every page
 * that the client knows.
 */
export function serveClient() {
  const files = sirv(CLIENT_DIR, {
    single: 'shell.html',
    gzip: true,
    brotli: true,
    setHeaders: (res, pathname) => {
      res.setHeader('Cache-Control', pathname.startsWith(BUILT_FILES) ? 'public, max-age=31536000, immutable' : 'no-cache');
      res.setHeader('X-Content-Type-Options', 'nosniff');
    },
  });
  return async (koa: KoaContext, next: Next): Promise<void> => {
    if (koa.method !== 'GET' && koa.method !== 'HEAD') {
      await next();
      return;
    }
    await new Promise<void>((resolve) => {
      koa.res.once('close', resolve);
      koa.respond = false;
      koa.res.statusCode = 200;
      files(koa.req, koa.res, () => {
        koa.respond = true;
        koa.res.off('close', resolve);
        resolve();
      });
    });
    if (koa.respond !== false) await next();
  };
}
