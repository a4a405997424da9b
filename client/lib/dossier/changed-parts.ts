import type { Dossier } from '#shared/dossiers/schemas.ts';
import { same } from './drafts.ts';

/** The places of the page where a change shows. */
export type Part = 'path' | 'facts' | 'items' | 'signatures' | 'prescription' | 'plan' | 'sessions';

const PARTS: Record<Part, readonly (keyof Dossier)[]> = {
  path: ['status', 'enteredAt'],
  facts: ['patient', 'machine', 'protocol', 'pathology', 'referringPhysician', 'tags', 'priority'],
  items: ['items'],
  signatures: ['signatures'],
  prescription: ['prescription'],
  plan: ['plan'],
  sessions: ['sessionList'],
};

/** Where two states of a dossier differ. */
export function changedParts(before: Dossier, after: Dossier): Part[] {
  const parts = Object.keys(PARTS) as Part[]; // the keys of a const record are its type's keys
  return parts.filter((part) => PARTS[part].some((field) => !same(before[field], after[field])));
}
