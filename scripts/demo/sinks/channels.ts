import { ALERT_SUBJECTS } from '#shared/notifications/schemas.ts';
import { enqueueAlert, ensureChannel, type AlertMeans } from '#server/domains/notifications/index.ts';
import type { Context } from '#server/platform/context.ts';
import type { Settings } from '#server/settings.ts';
import type { Sinks } from './index.ts';

/** The settings of the demo: mail goes to the sink unless a server is set. The rules of real use (PUBLIC_URL) do not hold on loopback. */
export function withSinks(settings: Settings, { mailUrl }: Sinks): Settings {
  return settings.SMTP_URL === undefined ? { ...settings, SMTP_URL: mailUrl, MAIL_FROM: 'Vigie <vigie@demo.invalid>' } : settings;
}

/** Two channels that lead to the sinks, and a first alert on its way to both. */
export async function seedChannels(ctx: Context, means: AlertMeans, { teamsUrl }: Sinks): Promise<void> {
  const fields = { subjects: [...ALERT_SUBJECTS], active: true } as const;
  const quiet = { from: '20:00', to: '07:00', urgentPasses: true };
  await ensureChannel(ctx, means, {
    ...fields,
    subjects: [...fields.subjects],
    kind: 'teams',
    name: 'Physique (simulé)',
    url: teamsUrl,
    quiet: null,
  });
  await ensureChannel(ctx, means, {
    ...fields,
    subjects: [...fields.subjects],
    kind: 'mail',
    name: 'Astreinte (simulé)',
    addresses: ['astreinte@demo.invalid'],
    quiet,
  });
  const at = ctx.now();
  const when = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeStyle: 'short', timeZone: means.site.timezone }).format(at);
  await ctx.atomically('notifications', () =>
    enqueueAlert(ctx, {
      subject: 'system',
      reference: `DEMO-${at.toISOString().slice(0, 19)}`,
      phase: 'notice',
      content: {
        title: 'La démonstration a démarré',
        facts: [{ label: 'Quand', value: when }],
        items: ['Les alertes de cette démonstration arrivent ici.'],
        path: '/admin/channels',
        tone: 'good',
      },
    }),
  );
}
