import { createReadStream } from 'node:fs';
import path from 'node:path';
import absolutePath from 'swagger-ui-dist/absolute-path.js'; // its index would load the whole page into this process
import { openApiOf } from './openapi.ts';
import type { Api } from './serve.ts';

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};

const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#docs', deepLinking: true, tryItOutEnabled: false });`;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <main id="docs"></main>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>`;

/** `/api/openapi.json` and a page that shows it. Everything is served from here: nothing is fetched from outside. */
export function mountDocs(api: Api, site: { name: string; version: string }): void {
  // Written at the first look: few look, and every start would pay for it.
  let document: ReturnType<typeof openApiOf> | undefined;
  api.router.get('/api/openapi.json', (koa) => {
    document ??= openApiOf(api.mounted, site);
    koa.body = document;
  });
  api.router.get('/api/docs', (koa) => {
    koa.type = 'html';
    koa.body = PAGE;
  });
  api.router.get('/api/docs/start.js', (koa) => {
    koa.type = 'text/javascript';
    koa.body = START;
  });
  for (const [file, type] of Object.entries(FILES)) {
    api.router.get(`/api/docs/${file}`, (koa) => {
      koa.type = type;
      koa.body = createReadStream(path.join(absolutePath(), file));
    });
  }
}
