import type { Context as KoaContext, Next } from 'koa';
import { AppError, Forbidden } from '../errors.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that another site's page sends with the reader's cookie: the browser tells where a request comes from, and only JSON,
 * which no form can send, is taken.
 */
export async function refuseForeignWrites(koa: KoaContext, next: Next): Promise<void> {
  if (!READS.has(koa.method)) {
    const site = koa.get('sec-fetch-site');
    if (site !== '' && site !== 'same-origin' && site !== 'none') throw new Forbidden('origin.refused');
    const origin = koa.get('origin');
    if (origin !== '' && hostOf(origin) !== koa.host) throw new Forbidden('origin.refused');
    if (Number(koa.get('content-length')) > 0 && !koa.is('json')) throw new AppError(415, 'media-type');
  }
  await next();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
