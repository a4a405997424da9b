import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startMailSink, type MailSink } from '#server/testing/smtp.ts';
import { loopbackCertificate } from '#server/testing/webhook.ts';
import { createMail, MailFailure, type Message } from './index.ts';

let tls: { key: string; cert: string };
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  tls = await loopbackCertificate();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const MESSAGE: Message = {
  to: ['one@example.org', 'two@example.org'],
  subject: 'Contrôles\r\nBcc: thief@example.org',
  text: 'à faire',
  html: '<p>à faire</p>',
  messageId: '<abc@vigie.example>',
};
async function sink(options: Parameters<typeof startMailSink>[0] = {}): Promise<MailSink> {
  const started = await startMailSink(options);
  open.push(started);
  return started;
}
const mail = (url: string, options = {}) => createMail({ url, from: 'Vigie <vigie@example.org>', timeLimitMs: 500, ...options });
async function failing(sending: Promise<unknown>): Promise<MailFailure> {
  const error = await sending.then(
    () => new Error('it was sent'),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(MailFailure);
  return error as MailFailure; // asserted just now
}

describe('a message', () => {
  it('goes to every address, as text and HTML, with a name of its own and no header that the subject smuggles in', async () => {
    const server = await sink();
    expect(await mail(server.url).send(MESSAGE)).toEqual({ taken: 2, refused: 0 });
    expect(server.received[0]?.to).toEqual(MESSAGE.to);
    const text = server.received[0]?.text ?? '';
    expect(text).toContain('Message-ID: <abc@vigie.example>');
    expect(text).toMatch(/text\/plain[\s\S]*text\/html/);
    expect(text).not.toMatch(/^Bcc:/m);
  });

  it('that only some addresses may have counts those that were refused', async () => {
    const server = await sink({ refuseTo: (address) => (address.startsWith('two') ? 550 : undefined) });
    expect(await mail(server.url).send(MESSAGE)).toEqual({ taken: 1, refused: 1 });
  });

  it('goes over TLS to a server whose certificate is known, and to no other', async () => {
    const server = await sink({ secure: true, ...tls });
    const url = server.url.replace('smtp://127.0.0.1', 'smtps://localhost');
    await mail(url, { ca: tls.cert }).send(MESSAGE);
    expect(server.received).toHaveLength(1);
    expect(await failing(mail(url).send(MESSAGE))).toMatchObject({ code: 'certificate' });
    expect(server.received).toHaveLength(1);
  });
});

describe('a failure is told by its kind', () => {
  it('every address refused for good, or for now; the message refused', async () => {
    const never = await sink({ refuseTo: () => 550 });
    expect(await failing(mail(never.url).send(MESSAGE))).toMatchObject({ code: 'refused', status: 550 });
    const later = await sink({ refuseTo: () => 451 });
    expect(await failing(mail(later.url).send(MESSAGE))).toMatchObject({ code: 'server', status: 451 });
    const data = await sink({ refuseData: 554 });
    expect(await failing(mail(data.url).send(MESSAGE))).toMatchObject({ code: 'refused', status: 554 });
  });

  it('a wrong password, told without the password', async () => {
    const server = await sink({ authOptional: false, allowInsecureAuth: true, onAuth: (_auth, _session, done) => done(new Error('no')) });
    const failure = await failing(mail(server.url.replace('smtp://', 'smtp://user:hush-hush@')).send(MESSAGE));
    expect(failure).toMatchObject({ code: 'login', status: 535 });
    expect(`${JSON.stringify(failure)} ${failure.stack} ${String(failure.cause)}`).not.toMatch(/hush|example\.org/);
  });

  it('nobody listens; a server that never says a word', async () => {
    const gone = await startMailSink();
    await gone.close();
    expect(await failing(mail(gone.url).send(MESSAGE))).toMatchObject({ code: 'unreachable' });
    const mute: Server = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo; // listening on TCP
    const started = performance.now();
    expect(await failing(mail(`smtp://127.0.0.1:${port}`).send(MESSAGE))).toMatchObject({ code: 'timeout' });
    expect(performance.now() - started).toBeLessThan(1200);
    mute.close();
  });

  it('a server that hangs up in the middle', async () => {
    const rude = createServer((socket) => socket.end('220 hello\r\n')).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const { port } = rude.address() as AddressInfo; // listening on TCP
    expect((await failing(mail(`smtp://127.0.0.1:${port}`).send(MESSAGE))).code).toBe('interrupted');
    rude.close();
  });
});
