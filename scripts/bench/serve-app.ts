// The application with test accounts, for the benches; beside it, on a port of its own, Koa alone with the same query. Prints both URLs.
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { DossierModel } from '#server/domains/dossiers/model.ts';
import { startTestApp } from '#server/testing/app.ts';

const test = await startTestApp();
const floor = new Koa();
floor.use(async (ctx) => {
  ctx.body = await DossierModel.find({ open: true }).sort({ enteredAt: 1, _id: 1 }).limit(200).lean();
});
const server = floor.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // listening on TCP
  process.stdout.write(`${test.url} http://127.0.0.1:${port}\n`);
});
process.once('SIGTERM', () => void test.close().then(() => process.exit(0)));
