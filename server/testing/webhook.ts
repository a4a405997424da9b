import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';

/** How a webhook answers one request. */
export type WebhookAnswer = { status?: number; headers?: Record<string, string>; body?: string; delayMs?: number } | 'never' | 'cut';

/** A Teams Workflow on loopback that answers as it is told, and keeps what it received. */
export interface Webhook {
  url: string;
  received: { at: number; body: string; type: string | undefined }[];
  /** The next answers; then 202 as a Workflow gives. */
  answers: WebhookAnswer[];
  close(): Promise<void>;
}

/** A certificate for localhost and the authority that a client needs to trust it. */
export async function loopbackCertificate(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** Starts a webhook; with a certificate it speaks TLS. */
export async function startWebhook(tls?: { key: string; cert: string }): Promise<Webhook> {
  const received: Webhook['received'] = [];
  const answers: WebhookAnswer[] = [];
  const listener: RequestListener = (request, response) => {
    void (async () => {
      received.push({ at: Date.now(), body: await textOf(request), type: request.headers['content-type'] });
      const answer = answers.shift() ?? {};
      if (answer === 'never') return;
      if (answer === 'cut') return void request.socket.destroy();
      if (answer.delayMs) await sleep(answer.delayMs);
      response.writeHead(answer.status ?? 202, answer.headers).end(answer.body ?? '');
    })();
  };
  const server = tls ? createHttps(tls, listener) : createHttp(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}/workflows/secret-part?sig=very-secret`,
    received,
    answers,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A hospital's proxy: CONNECT and nothing else. */
export interface ConnectProxy {
  url: string;
  /** What it was asked to connect to. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts a proxy on loopback; with `refuse` it answers every CONNECT with that status. */
export async function startConnectProxy({ refuse }: { refuse?: number } = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttp((_, response) => response.writeHead(405).end());
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    if (refuse !== undefined) return void client.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host === 'localhost' ? '127.0.0.1' : host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    sockets.add(upstream);
    for (const side of [client, upstream]) side.on('error', () => [client, upstream].forEach((one) => one.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on TCP
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set: chunks are bytes
  return Buffer.concat(chunks).toString('utf8');
}
