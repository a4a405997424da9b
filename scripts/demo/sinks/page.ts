/** What arrived at a sink. */
export type Arrival = { kind: 'teams'; at: Date; card: unknown } | { kind: 'mail'; at: Date; text: string };

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; background: #f4f5f7; color: #1d2430; }
.warn { background: #fff3d6; border: 1px solid #d9a300; padding: .6rem 1rem; border-radius: 8px; }
article { background: #fff; border: 1px solid #d5d9e0; border-radius: 8px; padding: .8rem 1.2rem; margin: 1rem 0; }
article > small { color: #566; } p { margin: .3rem 0; } .Bolder { font-weight: 700; font-size: 1.2rem; }
.Attention { color: #b3261e; } .Good { color: #1e7b3a; } .Warning { color: #8a5a00; }
th { text-align: left; padding-right: 1rem; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }`;

/** The page of what arrived, the latest first. It reads itself anew. */
export function pageOf(arrivals: readonly Arrival[]): string {
  const shown = arrivals.map((arrival) => {
    const what = arrival.kind === 'teams' ? cardHtml(arrival.card) : `<pre>${escaped(letterOf(arrival.text))}</pre>`;
    const at = arrival.at.toLocaleTimeString('fr-FR', { timeZone: process.env.SITE_TIMEZONE ?? 'Europe/Paris' });
    return `<article><small>${arrival.kind === 'teams' ? 'Teams' : 'Courriel'} (simulé) · ${at}</small>${what}</article>`;
  });
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Alertes reçues (simulé) · Vigie</title>
<style>${STYLE}</style></head><body><h1>Alertes reçues</h1>
<p class="warn">Simulé : ni Teams ni serveur de courriel. Ce que la démonstration envoie arrive ici et ne va pas plus loin.</p>
${shown.length === 0 ? '<p>Rien n’est encore arrivé.</p>' : shown.join('\n')}</body></html>`;
}

interface Part {
  type?: unknown;
  text?: unknown;
  weight?: unknown;
  color?: unknown;
  facts?: unknown;
}

/** The parts of a card that Vigie sends. */
function cardHtml(card: unknown): string {
  const { body, actions } = (typeof card === 'object' && card !== null ? card : {}) as { body?: unknown; actions?: unknown }; // shown only, whatever it is
  const parts = listOf(body).map((part: Part) => (part.type === 'FactSet' ? factsHtml(part.facts) : textHtml(part)));
  const links = listOf(actions).map((action: { title?: unknown; url?: unknown }) => {
    const url = said(action.url);
    return /^https?:/.test(url) ? `<p><a href="${escaped(url)}">${escaped(said(action.title))}</a></p>` : '';
  });
  return [...parts, ...links].join('');
}

function textHtml({ text, weight, color }: Part): string {
  return `<p class="${escaped(said(weight))} ${escaped(said(color))}">${plain(text)}</p>`;
}

function factsHtml(facts: unknown): string {
  const rows = listOf(facts).map(
    ({ title, value }: { title?: unknown; value?: unknown }) => `<tr><th scope="row">${plain(title)}</th><td>${plain(value)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

/** As Teams shows it: a sign with a backslash before it is the sign. */
function plain(text: unknown): string {
  return escaped(said(text).replaceAll(/\\([\\`*_[\]~<>#.+-])/g, '$1'));
}

function listOf(value: unknown): object[] {
  return Array.isArray(value) ? value.filter((one): one is object => typeof one === 'object' && one !== null) : [];
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Subject and text of a message; its HTML says the same. */
function letterOf(message: string): string {
  const subject = /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(message)?.[1] ?? '';
  const [, encoding = '', , part = ''] =
    /Content-Type: text\/plain[^]*?Content-Transfer-Encoding: (\S+)(\r\n[^\r\n]+)*\r\n\r\n([^]*?)\r\n--/.exec(message) ?? [];
  return `${wordsOf(subject)}\n\n${decoded(part, encoding)}`;
}

function decoded(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quoted(text.replaceAll('=\r\n', '')) : text;
}

/** Encoded words of a header: RFC 2047. */
function wordsOf(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString('utf8') : quoted(text.replaceAll('_', ' ')),
    );
}

function quoted(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    bytes.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}
