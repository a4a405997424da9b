import type { Locale } from '#shared/accounts/schemas.ts';
import { MOST_CARD_BYTES, messageOf, type AdaptiveCard } from '#server/platform/teams/index.ts';
import type { AlertContent } from './model.ts';
import { frameWords } from './words.ts';

/** What a card or a message is made of. */
export interface AlertText {
  reference: string;
  content: AlertContent;
}

const MOST_FACTS = 20;
const MOST_ITEMS = 200;
const MOST_VALUE = 400;
const TONES = { info: 'Default', good: 'Good', warning: 'Warning', danger: 'Attention' } as const;

/**
 * An alert as an Adaptive Card, version 1.4 as Workflows take it. What people typed stands in it as it was typed: nothing of it is taken for Markdown, a
 * date or a template. A list too long for Teams ends with how many are missing.
 */
export function card(alert: AlertText, locale: Locale, publicUrl: string | null): AdaptiveCard {
  const { items } = alert.content;
  let shown = Math.min(items.length, MOST_ITEMS);
  for (;;) {
    const made = cardWith(alert, shown, locale, publicUrl);
    if (shown === 0 || Buffer.byteLength(JSON.stringify(messageOf(made))) <= MOST_CARD_BYTES) return made;
    shown = Math.floor(shown * 0.8);
  }
}

/** The first of a list, and how many more there are. */
export function cut(items: readonly string[], most: number, locale: Locale): string[] {
  const shown = items.slice(0, most).map(short);
  return shown.length === items.length ? shown : [...shown, frameWords[locale].more(items.length - shown.length)];
}

/** A text of bounded length. */
export function short(text: string): string {
  const letters = [...text];
  return letters.length <= MOST_VALUE ? text : `${letters.slice(0, MOST_VALUE - 1).join('')}…`;
}

/** The facts of an alert, its reference last. */
export function factsOf({ reference, content }: AlertText, locale: Locale): { label: string; value: string }[] {
  return [...content.facts.slice(0, MOST_FACTS), { label: frameWords[locale].reference, value: reference }].map(({ label, value }) => ({
    label: short(label),
    value: short(value),
  }));
}

function cardWith(alert: AlertText, shown: number, locale: Locale, publicUrl: string | null): AdaptiveCard {
  const { content } = alert;
  const title = block(content.title, { size: 'Large', weight: 'Bolder', color: TONES[content.tone] });
  const list = cut(content.items, shown, locale).map((item) => block(`• ${item}`, { spacing: 'Small' }));
  const facts = {
    type: 'FactSet',
    facts: factsOf(alert, locale).map(({ label, value }) => ({ title: plain(label), value: plain(value) })),
  };
  const open = { type: 'Action.OpenUrl', title: frameWords[locale].open, url: `${publicUrl ?? ''}${content.path}` };
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    lang: locale,
    msteams: { width: 'Full' },
    body: [title, ...list, facts],
    ...(publicUrl === null ? {} : { actions: [open] }),
  };
}

function block(text: string, look: Readonly<Record<string, string>>): Record<string, unknown> {
  return { type: 'TextBlock', text: plain(short(text)), wrap: true, ...look };
}

/** Teams reads Markdown, `{{DATE(…)}}` and `{{TIME(…)}}` in texts. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]~<>#]/g, (sign) => `\\${sign}`)
    .replaceAll('{{', '{\u200B{')
    .replace(/^(\d+)\./, '$1\\.')
    .replace(/^([-+])/, '\\$1');
}
