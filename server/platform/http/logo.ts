import { createReadStream } from 'node:fs';
import type Koa from 'koa';

/** Where the site's logo lies. */
const LOGO_PATH = '/site-logo';
const TYPES: Readonly<Record<string, string>> = { '.png': 'image/png', '.svg': 'image/svg+xml' };

/** Whether a file's name is that of a picture that can be a logo. */
export function isLogo(file: string): boolean {
  return Object.keys(TYPES).some((end) => file.toLowerCase().endsWith(end));
}

/** Serves the site's logo, to everybody: the sign-in page shows it. Nothing in it may run. */
export function mountLogo(koa: Koa, file: string | undefined): void {
  if (file === undefined) return;
  const type = Object.entries(TYPES).find(([end]) => file.toLowerCase().endsWith(end))?.[1] ?? 'image/png';
  koa.use(async (ctx, next) => {
    if (ctx.path !== LOGO_PATH || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      await next();
      return;
    }
    ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    ctx.set('Cache-Control', 'public, max-age=3600');
    ctx.type = type;
    ctx.body = createReadStream(file);
  });
}
