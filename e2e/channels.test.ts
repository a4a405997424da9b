// Alerts: an administrator makes a channel, tries it and sees what became of it; who must know is told when alerts cannot leave.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startDelivering } from '../server/domains/notifications/index.ts';
import { createLog } from '../server/platform/log.ts';
import { createTeams } from '../server/platform/teams/index.ts';
import { startMailSink, type MailSink } from '../server/testing/smtp.ts';
import { loopbackCertificate, startWebhook, type Webhook } from '../server/testing/webhook.ts';
import { enqueueAlert } from '../server/domains/notifications/index.ts';
import { fill, press, textOf } from './acts.ts';
import { startSite, type Site } from './site.ts';

let site: Site;
let webhook: Webhook;
let mail: MailSink;

beforeAll(async () => {
  const tls = await loopbackCertificate();
  [webhook, mail] = await Promise.all([startWebhook(tls), startMailSink()]);
  const env = { PUBLIC_URL: 'https://vigie.example', SMTP_URL: mail.url, MAIL_FROM: 'vigie@example.org' };
  site = await startSite({ heartbeatMs: 1000, env });
  site.test.app.alerts.teams = createTeams({ ca: tls.cert });
});
afterAll(async () => {
  await site.close();
  await webhook.close();
  await mail.close();
});
afterEach(() => expect(site.complaints()).toEqual([]));

const ADDRESS = 'Adresse du flux de travail Teams';

it('an administrator adds a channel, tries it, and sees the outcome on the spot and in the log', async () => {
  const page = await site.open('admin', '/admin/channels');
  await page.getByText('Aucun canal : aucune alerte ne part.').waitFor();
  await page.getByRole('link', { name: 'Ajouter un canal' }).click();
  await fill(page, { Nom: 'Physique', [ADDRESS]: 'pas une adresse' });
  await press(page, 'Ajouter le canal');
  await page.getByText(/^L’adresse https d’un flux de travail Teams/).waitFor();
  await fill(page, { [ADDRESS]: webhook.url });
  await press(page, 'Ajouter le canal');
  await page.getByRole('button', { name: 'Envoyer un essai' }).waitFor();
  expect(await page.getByLabel(ADDRESS).inputValue()).toBe('');
  await press(page, 'Envoyer un essai');
  await page.getByText('L’essai est arrivé.').waitFor();
  expect(webhook.received).toHaveLength(1);
  const entry = page.locator('[data-delivery]').first();
  expect(await textOf(entry)).toMatch(/Physique.*Essai d’alerte.*envoyée.*arrivée/);

  webhook.answers.push({ status: 500 });
  await press(page, 'Envoyer un essai');
  await page.getByText('L’essai n’est pas arrivé : l’autre côté est en panne. (réponse 500)').waitFor();
  expect(await page.content()).not.toMatch(/secret-part|very-secret/);
});

it('a physicist is told that alerts cannot leave, and no more once they do', async () => {
  const physicist = await site.open('physicist', '/qa');
  const banner = physicist.getByText('Le dernier envoi a échoué : Physique, l’autre côté est en panne.');
  await banner.waitFor();
  const secretary = await site.open('secretary', '/qa');
  await secretary.getByRole('heading', { level: 1 }).waitFor();
  expect(await secretary.getByText('Le dernier envoi a échoué').count()).toBe(0);
  const admin = await site.open('admin', '/admin/channels');
  const { ctx } = site.test;
  const content = { title: 'Versa HD 1 est bloquée', facts: [], items: [], path: '/qa', tone: 'danger' } as const;
  await ctx.atomically('qa', () => enqueueAlert(ctx, { subject: 'qa.red', reference: 'VHD1-1', phase: 'opened', content }));
  const entry = admin.locator('[data-delivery]', { hasText: 'VHD1-1' });
  await entry.getByText('en attente').waitFor();
  const delivering = startDelivering({ ctx, means: site.test.app.alerts, log: createLog('silent'), pollMs: 50 });
  await entry.getByText('envoyée').waitFor();
  await banner.waitFor({ state: 'hidden' });
  await delivering.stop();
});

it('quiet hours and mail addresses are asked for, and a channel is removed', async () => {
  const page = await site.open('admin', '/admin/channels/new');
  await page.getByLabel('Par', { exact: true }).selectOption('mail');
  await fill(page, { Nom: 'Astreinte', 'Adresses de courriel': 'pas une adresse' });
  await page.getByLabel('Heures calmes').check();
  await press(page, 'Ajouter le canal');
  await page.getByText('Une adresse de courriel par ligne.').waitFor();
  await fill(page, { 'Adresses de courriel': 'a@example.org\nb@example.org', De: '21:00', À: '06:30' });
  await press(page, 'Ajouter le canal');
  await press(page, 'Envoyer un essai');
  await page.getByText('L’essai est arrivé.').waitFor();
  expect(mail.received.map(({ to }) => to)).toEqual([['a@example.org', 'b@example.org']]);
  await press(page, 'Supprimer le canal');
  await page.getByRole('dialog').getByRole('button', { name: 'Supprimer le canal' }).click();
  await page.getByRole('link', { name: 'Astreinte' }).waitFor({ state: 'detached' });
  expect(await page.getByRole('link', { name: 'Physique' }).count()).toBe(1);
});
