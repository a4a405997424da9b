import { MailFailure, mailFailure } from './failure.ts';

export { MailFailure } from './failure.ts';

const TIME_LIMIT_MS = 20_000;

export interface Message {
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  /** The same for every try of one message: servers that saw it before may leave out a second one. */
  messageId: string;
}

export interface Mail {
  /**
   * Hands a message to the mail server.
   *
   * @returns how many of the addresses the server took.
   * @throws MailFailure, which holds neither password nor addresses.
   */
  send(message: Message): Promise<{ taken: number; refused: number }>;
}

export interface MailOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  url: string;
  from: string;
  timeLimitMs?: number;
  /** Tests only: an authority besides those of the system. */
  ca?: string;
}

/** The door to the mail server. A link per message: alerts are few, and a link kept open is one that may hang. */
export function createMail({ url, from, timeLimitMs = TIME_LIMIT_MS, ca }: MailOptions): Mail {
  return {
    async send({ to, ...message }) {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        url,
        requireTLS: needsTls(url),
        connectionTimeout: timeLimitMs,
        greetingTimeout: timeLimitMs,
        socketTimeout: timeLimitMs,
        dnsTimeout: timeLimitMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(ca ? { tls: { ca } } : {}),
      });
      const late = limit(timeLimitMs);
      try {
        const sending = transport.sendMail({ ...message, from, to: [...to] });
        const { accepted, rejected } = await Promise.race([sending, late.passed]);
        return { taken: accepted.length, refused: rejected.length };
      } catch (error) {
        throw mailFailure(error);
      } finally {
        late.clear();
        transport.close();
      }
    },
  };
}

/** A password goes over no wire in clear, unless the server is on this machine. */
function needsTls(url: string): boolean {
  const { hostname, username } = new URL(url);
  return username !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The library's limits are of one step each; this one is of the whole. */
function limit(ms: number): { passed: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MailFailure('timeout')), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
