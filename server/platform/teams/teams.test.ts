import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loopbackCertificate, startConnectProxy, startWebhook, type ConnectProxy, type Webhook } from '#server/testing/webhook.ts';
import { createTeams, TeamsFailure, type AdaptiveCard, type TeamsOptions } from './index.ts';

const TIME_LIMIT_MS = 500;
let tls: { key: string; cert: string };
let webhook: Webhook;
const proxies: ConnectProxy[] = [];

beforeAll(async () => {
  tls = await loopbackCertificate();
});
beforeEach(async () => {
  webhook = await startWebhook(tls);
});
afterEach(async () => {
  await webhook.close();
  for (const proxy of proxies.splice(0)) await proxy.close();
});
afterAll(() => expect(proxies).toEqual([]));

const cardOf = (text: string): AdaptiveCard => ({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text }] });
const teams = (options: TeamsOptions = {}) => createTeams({ ca: tls.cert, timeLimitMs: TIME_LIMIT_MS, ...options });
const failing = async (sending: Promise<void>): Promise<TeamsFailure> => {
  const error = await sending.then(
    () => new Error('it was sent'),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(TeamsFailure);
  return error as TeamsFailure; // asserted just now
};
async function proxy(options = {}): Promise<ConnectProxy> {
  const started = await startConnectProxy(options);
  proxies.push(started);
  return started;
}

describe('a card', () => {
  it('arrives as one message with the card attached, templates in its texts as they were typed', async () => {
    const text = 'réglé à ${1 + 1} € ${name} $${x} {{DATE(2026-01-01T00:00:00Z,SHORT)}}';
    await teams().send(webhook.url, cardOf(text));
    expect(webhook.received[0]?.type).toMatch(/^application\/json/);
    expect(JSON.parse(webhook.received[0]?.body ?? '')).toEqual({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: cardOf(text) }],
    });
  });

  it('is sent when the answer is slow but in time', async () => {
    webhook.answers.push({ status: 200, delayMs: 200 });
    await teams().send(webhook.url, cardOf('slow'));
    expect(webhook.received).toHaveLength(1);
  });

  it('too large for Teams is not sent at all', async () => {
    expect(await failing(teams().send(webhook.url, cardOf('x'.repeat(21_000))))).toMatchObject({ code: 'too-large' });
    expect(webhook.received).toEqual([]);
  });
});

describe('a failure is told by its kind', () => {
  it.each([
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { code: 'limited', status: 429, retryAfterMs: 7000 },
    ],
    [{ status: 429 }, { code: 'limited', status: 429, retryAfterMs: null }],
    [
      { status: 429, headers: { 'retry-after': 'soon' } },
      { code: 'limited', retryAfterMs: null },
    ],
    [{ status: 500 }, { code: 'server', status: 500 }],
    [
      { status: 503, headers: { 'retry-after': '3' } },
      { code: 'server', status: 503, retryAfterMs: 3000 },
    ],
    [
      { status: 400, body: '{"error":{"code":"Bad","message":"no"}}', headers: { 'content-type': 'application/json' } },
      { code: 'refused', status: 400 },
    ],
    [{ status: 404 }, { code: 'refused', status: 404 }],
    [{ status: 413 }, { code: 'too-large', status: 413 }],
    [
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { code: 'refused', status: 302 },
    ],
    ['cut' as const, { code: 'interrupted', status: null }],
  ])('%j', async (answer, failure) => {
    webhook.answers.push(answer);
    expect(await failing(teams().send(webhook.url, cardOf('x')))).toMatchObject(failure);
  });

  it('a date in Retry-After is a time to wait', async () => {
    webhook.answers.push({ status: 429, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } });
    const { retryAfterMs } = await failing(teams().send(webhook.url, cardOf('x')));
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThan(61_000);
  });

  it('a webhook that never answers is given up at the time limit, the connection closed', async () => {
    webhook.answers.push('never');
    const started = performance.now();
    expect(await failing(teams().send(webhook.url, cardOf('x')))).toMatchObject({ code: 'timeout' });
    expect(performance.now() - started).toBeLessThan(TIME_LIMIT_MS + 400);
  });

  it('nobody listens', async () => {
    const { url } = webhook;
    await webhook.close();
    expect(await failing(teams().send(url, cardOf('x')))).toMatchObject({ code: 'unreachable' });
    webhook = await startWebhook(tls);
  });

  it('a certificate of an unknown authority, or for another host, is refused before anything is sent', async () => {
    expect(await failing(createTeams({ timeLimitMs: TIME_LIMIT_MS }).send(webhook.url, cardOf('x')))).toMatchObject({
      code: 'certificate',
    });
    const otherName = webhook.url.replace('localhost', '127.0.0.1');
    expect(await failing(teams().send(otherName, cardOf('x')))).toMatchObject({ code: 'certificate' });
    expect(webhook.received).toEqual([]);
  });

  it('says nothing of the address or of the card', async () => {
    webhook.answers.push({ status: 400, body: 'very-secret' }, 'cut');
    for (let round = 0; round < 2; round++) {
      const failure = await failing(teams().send(webhook.url, cardOf('words of the card')));
      const told = `${JSON.stringify(failure)} ${String(failure)} ${failure.stack} ${JSON.stringify(Object.entries(failure))} ${String(failure.cause)}`;
      expect(told).not.toMatch(/secret|words of the card|localhost/);
    }
  });
});

describe('the proxy of the settings', () => {
  it('is asked to connect, and the certificate is verified through it', async () => {
    const { url, asked } = await proxy();
    await teams({ httpsProxy: url }).send(webhook.url, cardOf('through'));
    expect(asked).toEqual([new URL(webhook.url).host]);
    expect(webhook.received).toHaveLength(1);
    const blind = createTeams({ httpsProxy: url, timeLimitMs: TIME_LIMIT_MS });
    expect(await failing(blind.send(webhook.url, cardOf('x')))).toMatchObject({ code: 'certificate' });
    expect(webhook.received).toHaveLength(1);
  });

  it('is left aside for the hosts of NO_PROXY', async () => {
    const { url, asked } = await proxy();
    await teams({ httpsProxy: url, noProxy: 'example.org,localhost' }).send(webhook.url, cardOf('direct'));
    expect(asked).toEqual([]);
    expect(webhook.received).toHaveLength(1);
  });

  it('that refuses or is away is named as the cause, and nothing goes around it', async () => {
    const refusing = await proxy({ refuse: 407 });
    expect(await failing(teams({ httpsProxy: refusing.url }).send(webhook.url, cardOf('x')))).toMatchObject({ code: 'proxy' });
    const away = await startConnectProxy();
    await away.close();
    expect((await failing(teams({ httpsProxy: away.url }).send(webhook.url, cardOf('x')))).code).toMatch(/^(proxy|unreachable)$/);
    expect(await failing(teams({ httpsProxy: 'proxy.example:3128' }).send(webhook.url, cardOf('x')))).toMatchObject({ code: 'proxy' });
    expect(webhook.received).toEqual([]);
  });
});
