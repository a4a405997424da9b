// `npm run dev`: the demo's data, with Vite serving the client from its sources on the same port.
import type { Context, Next } from 'koa';
import { createServer } from 'vite';
import { runDemo } from './demo/main.ts';

process.env.NODE_ENV = 'development';
const vite = await createServer({ server: { middlewareMode: true, hmr: { port: 24_678 } } });

async function serveSources(koa: Context, next: Next): Promise<void> {
  await new Promise<void>((resolve) => {
    koa.respond = false;
    koa.res.statusCode = 200;
    koa.res.once('close', resolve);
    vite.middlewares(koa.req, koa.res, () => {
      koa.respond = true;
      resolve();
    });
  });
  if (koa.respond !== false) await next();
}

await runDemo({ still: process.argv.includes('--still'), serveClient: serveSources });
