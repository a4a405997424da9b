// What the demo's alerts arrive at: a Teams and a mail server that are none, on loopback, with a page that shows what came.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMailSink } from './mail.ts';
import { pageOf, type Arrival } from './page.ts';

const KEPT = 50;
const MOST_BYTES = 28_000; // what Teams takes

/** The demo's sinks for alerts. */
export interface Sinks {
  /** The page that shows what arrived. */
  url: string;
  /** Where a Teams channel posts its cards. */
  teamsUrl: string;
  /** `smtp://…` */
  mailUrl: string;
  stop(): Promise<void>;
}

/** Starts both sinks on free ports of loopback. */
export async function startSinks(): Promise<Sinks> {
  const arrivals: Arrival[] = [];
  const keep = (arrival: Arrival): void => {
    arrivals.unshift(arrival);
    arrivals.length = Math.min(arrivals.length, KEPT);
  };
  const mail = await startMailSink((text) => keep({ kind: 'mail', at: new Date(), text }));
  const server = createServer((request, response) => {
    answer(request, response, arrivals, keep).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
  return {
    url: `${url}/`,
    teamsUrl: `${url}/teams`,
    mailUrl: mail.url,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.all([once(server, 'close'), mail.stop()]);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  arrivals: readonly Arrival[],
  keep: (arrival: Arrival) => void,
): Promise<void> {
  if (request.method === 'GET') {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(pageOf(arrivals));
    return;
  }
  const text = await textOf(request);
  if (text === null) return void response.writeHead(413).end();
  const card = cardIn(text);
  if (!card) return void response.writeHead(400).end();
  keep({ kind: 'teams', at: new Date(), card });
  response.writeHead(202).end();
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length; // no encoding is set: chunks are bytes
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The card of a message, as a Workflow looks for it. */
function cardIn(text: string): unknown {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('attachments' in message) || !Array.isArray(message.attachments))
      return undefined;
    const [first]: unknown[] = message.attachments;
    return typeof first === 'object' && first !== null && 'content' in first ? first.content : undefined;
  } catch {
    return undefined;
  }
}
