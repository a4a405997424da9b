import type { Locale } from '#shared/accounts/schemas.ts';
import type { Message } from '#server/platform/mail/index.ts';
import { cut, factsOf, short, type AlertText } from './card.ts';
import { frameWords } from './words.ts';

const MOST_ITEMS = 100;
const COLOURS = { info: '#1B4B8F', good: '#1E7B3A', warning: '#8A5A00', danger: '#B3261E' } as const;

/** An alert as mail: the same as the card, as text and as simple HTML. */
export function letter(
  alert: AlertText,
  locale: Locale,
  { publicUrl, site }: { publicUrl: string | null; site: string },
): Pick<Message, 'subject' | 'text' | 'html'> {
  const { content } = alert;
  const items = cut(content.items, MOST_ITEMS, locale);
  const facts = factsOf(alert, locale);
  const url = publicUrl === null ? null : `${publicUrl}${content.path}`;
  const text = [
    content.title,
    '',
    ...items.map((item) => `- ${item}`),
    ...(items.length > 0 ? [''] : []),
    ...facts.map(({ label, value }) => frameWords[locale].fact(label, value)),
    ...(url === null ? [] : ['', url]),
    '',
  ].join('\n');
  const list = items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  const rows = facts.map(({ label, value }) => `<tr><th align="left">${escaped(label)}</th><td>${escaped(value)}</td></tr>`).join('');
  const link = url === null ? '' : `<p><a href="${escaped(url)}">${escaped(frameWords[locale].open)}</a></p>`;
  const title = `<h2 style="color:${COLOURS[content.tone]}">${escaped(short(content.title))}</h2>`;
  return {
    subject: oneLine(`${site} · ${short(content.title)}`),
    text,
    html: `<!doctype html><html lang="${locale}"><body style="font-family:sans-serif">${title}${list}<table cellpadding="4">${rows}</table>${link}</body></html>`,
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
