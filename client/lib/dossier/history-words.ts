import type { HistoryEntry } from '#shared/dossiers/schemas.ts';
import { PATH, SIGNED_ITEMS, type ItemCode, type Status } from '#shared/dossiers/statuses.ts';
import type { Words } from '#shared/messages/words.ts';
import type { DossierMessages } from '../i18n/messages/fr/dossier.ts';

type Sentences = Pick<DossierMessages, 'did' | 'acts' | 'fields'>;

/** What somebody did, without his name: `passe à « Plan validé »`. A fact that this page does not know is shown by its own name. */
export function whatWasDone(entry: HistoryEntry, m: Sentences, words: Words): string {
  const { did } = m;
  const tell: Record<string, (() => string) | undefined> = {
    'dossier.created': () => did.created,
    'dossier.moved': () => (isBack(entry) ? did.movedBack(statusWord(entry.to, words)) : did.moved(statusWord(entry.to, words))),
    'dossier.move-undone': () => did.undone(statusWord(entry.to, words)),
    'dossier.changed': () => did.changed(fieldWords(entry.subject, m)),
    'dossier.item-ticked': () => did.ticked(itemWord(entry.subject, words)),
    'dossier.item-unticked': () => did.unticked(itemWord(entry.subject, words)),
    'dossier.item-proposed': () => did.proposed(itemWord(entry.subject, words)),
    'dossier.signed': () => did.signed(actWord(entry.subject, m)),
    'dossier.patient-changed': () => did.patientChanged,
    'prescription.written': () => did.prescription,
    'plan.written': () => did.plan,
    'session.started': () => did.sessionStarted(entry.subject ?? ''),
    'session.done': () => did.sessionDone(entry.subject ?? ''),
    'session.interrupted': () => did.sessionInterrupted(entry.subject ?? ''),
  };
  return tell[entry.what]?.() ?? entry.what;
}

/** The items whose ticks and signatures an entry ended, in words. */
export function endedItems(entry: HistoryEntry, words: Words): string {
  return entry.revoked.map((code) => words.items[code]).join(', ');
}

/** Whether what ended was broken by writing, rather than revoked by a move. */
export function wasBroken(entry: HistoryEntry): boolean {
  return entry.what.endsWith('.written');
}

function isBack({ from, to }: Pick<HistoryEntry, 'from' | 'to'>): boolean {
  if (from === null || to === null) return false;
  if (from === 'A_REPRENDRE_CONTOURAGE') return false;
  return to === 'A_REPRENDRE_CONTOURAGE' || PATH.indexOf(to) < PATH.indexOf(from);
}

function statusWord(status: Status | null, words: Words): string {
  return status === null ? '' : words.statuses[status];
}

function itemWord(code: string | null, words: Words): string {
  return code !== null && Object.hasOwn(words.items, code) ? words.items[code as ItemCode] : (code ?? ''); // known by hasOwn
}

function actWord(code: string | null, { acts }: Sentences): string {
  const item = SIGNED_ITEMS.find((one) => one === code);
  return item ? acts[item].object : (code ?? '');
}

function fieldWords(subject: string | null, { fields }: Sentences): string {
  const known: Readonly<Record<string, string>> = fields;
  return (subject ?? '')
    .split(',')
    .map((name) => (Object.hasOwn(known, name) ? (known[name] ?? name) : name).toLocaleLowerCase())
    .join(', ');
}
