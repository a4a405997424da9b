import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMail } from '#server/platform/mail/index.ts';
import { createTeams } from '#server/platform/teams/index.ts';
import { startSinks, type Sinks } from './index.ts';

let sinks: Sinks;
beforeAll(async () => {
  sinks = await startSinks();
});
afterAll(() => sinks.stop());

const page = async () => (await fetch(sinks.url)).text();

describe('the demo’s sinks', () => {
  it('show the cards and mails that arrive, and say that they are simulated', async () => {
    expect(await page()).toContain('Rien n’est encore arrivé');
    const card = {
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'TextBlock', text: 'Versa \\_3\\_ <est> bloquée' },
        { type: 'FactSet', facts: [{ title: 'Référence', value: 'R1' }] },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'Ouvrir', url: 'http://localhost:3000/qa' }],
    } as const;
    await createTeams().send(sinks.teamsUrl, card);
    const letter = { subject: 'Contrôle à faire, très en retard', text: 'Contrôle manqué à 16 h\n', html: '<p>x</p>', messageId: '<a@b>' };
    await createMail({ url: sinks.mailUrl, from: 'a@demo.invalid' }).send({ to: ['b@demo.invalid'], ...letter });
    const html = await page();
    for (const words of [
      'Simulé',
      'Versa _3_ &lt;est&gt; bloquée',
      'R1',
      'href="http://localhost:3000/qa"',
      letter.subject,
      'Contrôle manqué à 16 h',
    ])
      expect(html).toContain(words);
  });

  it('refuse what Teams would refuse', async () => {
    const post = async (body: string) => (await fetch(sinks.teamsUrl, { method: 'POST', body })).status;
    expect(await post('not json')).toBe(400);
    expect(await post('{}')).toBe(400);
    expect(await post(JSON.stringify({ attachments: [{ content: 'x'.repeat(30_000) }] }))).toBe(413);
  });
});
