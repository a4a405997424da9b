import type { IncomingWebhook } from 'ms-teams-webhook';
import { Agent } from 'node:https';
import { teamsFailure, TeamsFailure } from './failure.ts';

export { TeamsFailure } from './failure.ts';

/** Teams accepts 28 KB; kept well under, because it counts what it adds itself. */
export const MOST_CARD_BYTES = 21_000;
const TIME_LIMIT_MS = 10_000;
const MOST_ANSWER_BYTES = 64_000;

export interface Teams {
  /**
   * Posts an Adaptive Card to a Workflow.
   *
   * @throws TeamsFailure, which holds neither the address nor the card.
   */
  send(url: string, card: AdaptiveCard): Promise<void>;
}

/** An Adaptive Card as it is sent. */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly version: string;
  readonly [property: string]: unknown;
}

export interface TeamsOptions {
  httpsProxy?: string | undefined;
  noProxy?: string | undefined;
  timeLimitMs?: number;
  /** Tests only: an authority besides those of the system, whose certificates are verified as any other's. */
  ca?: string;
}

/** The door to Teams. Certificates are verified; calls go through the proxy of the settings. */
export function createTeams({ httpsProxy, noProxy, timeLimitMs = TIME_LIMIT_MS, ca }: TeamsOptions = {}): Teams {
  const proxyEnv = { ...(httpsProxy ? { HTTPS_PROXY: httpsProxy } : {}), ...(noProxy ? { NO_PROXY: noProxy } : {}) };
  return {
    async send(url, card) {
      const message = messageOf(card);
      if (Buffer.byteLength(JSON.stringify(message)) > MOST_CARD_BYTES) throw new TeamsFailure('too-large');
      // Node would leave out a proxy that it cannot read, and go around it.
      if (httpsProxy && !/^https?:\/\/./.test(httpsProxy)) throw new TeamsFailure('proxy');
      const { IncomingWebhook } = await import('ms-teams-webhook'); // loaded with the first card: it brings a template engine with it
      const signal = AbortSignal.timeout(timeLimitMs);
      try {
        const httpsAgent = new Agent({ proxyEnv, maxSockets: 1, ...(ca ? { ca } : {}) });
        try {
          await Promise.race([
            post(new IncomingWebhook(url), message, { httpsAgent, signal, secure: url.startsWith('https:'), timeLimitMs }),
            passed(signal),
          ]);
        } finally {
          httpsAgent.destroy();
        }
      } catch (error) {
        throw teamsFailure(error, signal.aborted);
      }
    },
  };
}

/** What a Workflow takes: one message with the card attached. */
export function messageOf(card: AdaptiveCard) {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  } as const;
}

/** What is used of the library's HTTP client. */
interface HttpClient {
  interceptors: { request: { use(change: (config: object) => object): unknown } };
}

interface Reach {
  secure: boolean;
  httpsAgent: Agent;
  signal: AbortSignal;
  timeLimitMs: number;
}

/**
 * The library has neither a time limit nor a proxy, and its client would take the proxy away from an agent (`proxy: false`): each request is given ours.
 * `sendRawAdaptiveCard` and not `sendAdaptiveCard`: that one evaluates `${…}` in a card as a template, in what people typed too.
 */
async function post(webhook: IncomingWebhook, message: unknown, { httpsAgent, signal, secure, timeLimitMs }: Reach): Promise<void> {
  const client = webhook['axios'] as HttpClient; // private in its types, and the only way to a limit and a proxy
  client.interceptors.request.use((config) => ({
    ...config,
    httpsAgent,
    ...(secure ? { proxy: undefined } : {}), // `undefined`: the agent's own proxy is used
    signal,
    timeout: timeLimitMs,
    maxContentLength: MOST_ANSWER_BYTES,
  }));
  await webhook.sendRawAdaptiveCard(message);
}

/** The limit holds whatever the client is waiting for. */
function passed(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new TeamsFailure('timeout')), { once: true });
  });
}
