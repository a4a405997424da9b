import mongoose from 'mongoose';
import type { Alert, AlertMeans } from '#server/domains/notifications/index.ts';
import { enqueueAlert, startDelivering, type Delivering } from '#server/domains/notifications/index.ts';
import { createLog } from '#server/platform/log.ts';
import { createTeams } from '#server/platform/teams/index.ts';
import { startTestApp, type TestApp } from './app.ts';
import { startMailSink, type MailSink } from './smtp.ts';
import { loopbackCertificate, startWebhook, type Webhook } from './webhook.ts';

/** The application with what it sends alerts to. */
export interface AlertSite {
  test: TestApp;
  means: AlertMeans;
  /** A Workflow that speaks TLS with a certificate the application trusts. */
  webhook: Webhook;
  mail: MailSink;
  /** The certificate of the webhook: what another process must trust. */
  certificate: string;
  /** Puts an alert on its way, in an act of its own. */
  alert(fields?: Partial<Alert>): Promise<void>;
  /** Delivers as a process with the role `jobs` does. */
  deliver(means?: AlertMeans): Delivering;
  /** Rows of the log, the oldest first. */
  rows(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

let number = 0;

/** Starts the application with a webhook and a mail server on loopback. */
export async function startAlertSite(env: Record<string, string> = {}): Promise<AlertSite> {
  const tls = await loopbackCertificate();
  const [webhook, mail] = await Promise.all([startWebhook(tls), startMailSink()]);
  const test = await startTestApp({
    env: { PUBLIC_URL: 'https://vigie.example', SMTP_URL: mail.url, MAIL_FROM: 'vigie@example.org', ...env },
  });
  const means = test.app.alerts;
  means.teams = createTeams({ ca: tls.cert, timeLimitMs: 700 });
  const delivering: Delivering[] = [];
  return {
    test,
    means,
    webhook,
    mail,
    certificate: tls.cert,
    alert: (fields = {}) => {
      const content = { title: 'Une machine', facts: [], items: [], path: '/qa', tone: 'info' } as const;
      const alert: Alert = { subject: 'qa.red', reference: `R${++number}`, phase: 'opened', content, ...fields };
      return test.ctx.atomically('qa', () => enqueueAlert(test.ctx, alert));
    },
    deliver: (given = means) => {
      const started = startDelivering({ ctx: test.ctx, means: given, log: createLog('silent'), pollMs: 20 });
      delivering.push(started);
      return started;
    },
    rows: () => mongoose.connection.collection('deliveries').find().sort({ _id: 1 }).toArray(),
    close: async () => {
      await Promise.all(delivering.map((one) => one.stop()));
      await test.close();
      await webhook.close();
      await mail.close();
    },
  };
}
