import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server on loopback that keeps what it took. */
export interface MailSink {
  url: string;
  received: { to: string[]; text: string }[];
  close(): Promise<void>;
}

interface MailFault {
  responseCode: number;
}

/** Starts a mail server; `refuseTo` says with which status an address is refused, `refuseData` a message. */
export async function startMailSink(
  options: { refuseTo?: (address: string) => number | undefined; refuseData?: number } & SMTPServerOptions = {},
): Promise<MailSink> {
  const { refuseTo, refuseData, ...others } = options;
  const received: MailSink['received'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    ...others,
    onRcptTo: ({ address }, _session, done) => {
      const status = refuseTo?.(address);
      done(status === undefined ? null : faultOf(status));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuseData !== undefined) return done(faultOf(refuseData));
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that goes away is part of the tests
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo; // listening on TCP
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function faultOf(responseCode: number): Error & MailFault {
  return Object.assign(new Error('refused'), { responseCode });
}
