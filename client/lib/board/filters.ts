import { plainText } from '#shared/text.ts';
import type { DossierCard, Priority } from '#shared/dossiers/schemas.ts';
import { PRIORITIES } from '#shared/dossiers/statuses.ts';

/** What a board shows. The search text is not here: it stays out of the address, because it may name a patient. */
export interface Filters {
  show: 'all' | 'mine' | 'blocked';
  machine: string;
  pathology: string;
  priority: Priority | '';
  physician: string;
}

export const NO_FILTERS: Filters = { show: 'all', machine: '', pathology: '', priority: '', physician: '' };

/** What a filter needs to know of a card besides the card. */
export interface Seen {
  mine: boolean;
  blocked: boolean;
}

/** The filters that an address names; what it cannot mean is ignored. */
export function filtersFrom(query: URLSearchParams): Filters {
  const show = query.get('show');
  return {
    show: show === 'mine' || show === 'blocked' ? show : 'all',
    machine: query.get('machine') ?? '',
    pathology: query.get('pathology') ?? '',
    priority: PRIORITIES.find((priority) => priority === query.get('priority')) ?? '',
    physician: query.get('physician') ?? '',
  };
}

/** The query of an address that names these filters; what is not filtered is not named. */
export function queryOf(filters: Filters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value !== '' && value !== 'all') query.set(name, String(value));
  return query.size > 0 ? `?${query.toString()}` : '';
}

export function isFiltered(filters: Filters, text: string): boolean {
  return queryOf(filters) !== '' || wordsIn(text).length > 0;
}

/** Whether a card passes every filter and the search. */
export function passes(card: DossierCard, seen: Seen, filters: Filters, text: string): boolean {
  const { show, machine, priority, pathology, physician } = filters;
  const wanted = [
    show === 'all' || (show === 'mine' ? seen.mine : seen.blocked),
    machine === '' || card.machine?.id === machine,
    priority === '' || card.priority === priority,
    pathology === '' || sameWords(card.pathology, pathology),
    physician === '' || sameWords(card.referringPhysician, physician),
  ];
  return wanted.every(Boolean) && found(card, text);
}

/** Whether every word of a search begins the number, the IPP or a name; an IPP may be typed in groups of digits. */
export function found(card: DossierCard, text: string): boolean {
  const words = wordsIn(text);
  if (words.length === 0) return true;
  const keys = keysOf(card);
  const digits = words.join('');
  if (/^\d+$/.test(digits) && keys.some((key) => key.startsWith(digits))) return true;
  return words.every((word) => keys.some((key) => key.startsWith(word)));
}

/** Distinct texts of the cards, for a filter's choices; texts that differ by accents or case only count once. */
export function choicesOf(texts: Iterable<string | null>): string[] {
  const byKey = new Map<string, string>();
  for (const text of texts) if (text !== null && text.trim() !== '' && !byKey.has(plainText(text))) byKey.set(plainText(text), text);
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
}

function sameWords(text: string | null, wanted: string): boolean {
  return text !== null && plainText(text) === plainText(wanted);
}

function wordsIn(text: string): string[] {
  return plainText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

const keysByCard = new WeakMap<DossierCard, string[]>();

function keysOf(card: DossierCard): string[] {
  const known = keysByCard.get(card);
  if (known) return known;
  const { lastName, firstName, ipp } = card.patient;
  const keys = [String(card.number), plainText(ipp), ...wordsIn(lastName), ...wordsIn(firstName)];
  keysByCard.set(card, keys);
  return keys;
}
