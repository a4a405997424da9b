import type { DossierMessages } from '../i18n/messages/fr/dossier.ts';

export interface WayOut {
  href: string;
  name: keyof DossierMessages['ways'];
}

const WAYS: Readonly<Record<string, WayOut>> = {
  prescription: { href: '#prescription', name: 'prescription' },
  plan: { href: '#plan', name: 'plan' },
  qa_machine_jour: { href: '/qa', name: 'machines' },
  sessions_completed: { href: '#sessions', name: 'sessions' },
};
const BY_ITEM = [
  'identity_validated',
  'exams_imported',
  'prescription_signed',
  'contours_locked',
  'qa_dosimetrie',
  'signature_oncologue',
  'final_report',
];

/** Where a condition that is not met can be met, when that is on a page. */
export function wayOut(rule: string): WayOut | undefined {
  if (BY_ITEM.includes(rule)) return { href: '#items', name: 'items' };
  return Object.hasOwn(WAYS, rule) ? WAYS[rule] : undefined;
}
