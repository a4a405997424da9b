import type { Locale } from '#shared/accounts/schemas.ts';

const NBSP = '\u00A0';

/** What stands around every alert. */
interface FrameWords {
  open: string;
  reference: string;
  more: (count: number) => string;
  fact: (label: string, value: string) => string;
  testTitle: string;
  channel: string;
  askedBy: string;
}

export const frameWords: Readonly<Record<Locale, FrameWords>> = {
  fr: {
    open: 'Ouvrir dans Vigie',
    reference: 'Référence',
    more: (count) => (count === 1 ? 'et 1 autre' : `et ${count} autres`),
    fact: (label, value) => `${label}${NBSP}: ${value}`,
    testTitle: 'Essai d’alerte',
    channel: 'Canal',
    askedBy: 'Demandé par',
  },
  en: {
    open: 'Open in Vigie',
    reference: 'Reference',
    more: (count) => (count === 1 ? 'and 1 other' : `and ${count} others`),
    fact: (label, value) => `${label}: ${value}`,
    testTitle: 'Test alert',
    channel: 'Channel',
    askedBy: 'Asked by',
  },
};

/** What the alerts of machine quality control say. */
interface QaWords {
  weekly: (week: string) => string;
  missing: string;
  red: (machine: string) => string;
  resolved: (machine: string) => string;
  machine: string;
  since: string;
  at: string;
}

export const qaWords: Readonly<Record<Locale, QaWords>> = {
  fr: {
    weekly: (week) => `Contrôles hebdomadaires manquants, semaine ${week}`,
    missing: 'Machines sans contrôle',
    red: (machine) => `${machine} est bloquée`,
    resolved: (machine) => `${machine} n’est plus bloquée`,
    machine: 'Machine',
    since: 'Bloquée depuis',
    at: 'Levée le',
  },
  en: {
    weekly: (week) => `Weekly controls missing, week ${week}`,
    missing: 'Machines without a control',
    red: (machine) => `${machine} is blocked`,
    resolved: (machine) => `${machine} is no longer blocked`,
    machine: 'Machine',
    since: 'Blocked since',
    at: 'Resolved',
  },
};

/** An instant on the site's clock, in words. */
export function instantText(at: Date, locale: Locale, timezone: string): string {
  return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  }).format(at);
}
