import type Koa from 'koa';
import type { Database } from '../mongo/connect.ts';

const PATIENCE_MS = 2000;

/** `/healthz`: the process is alive. `/readyz`: what it depends on answers, each named. */
export function mountHealth(koa: Koa, database: Database): void {
  koa.use(async (ctx, next) => {
    if (ctx.path === '/healthz') {
      ctx.body = { status: 'ok' };
      return;
    }
    if (ctx.path !== '/readyz') {
      await next();
      return;
    }
    const answers = await database.answers(PATIENCE_MS);
    ctx.status = answers ? 200 : 503;
    ctx.body = { status: answers ? 'ok' : 'unavailable', checks: { database: answers ? 'ok' : 'unavailable' } };
  });
}
