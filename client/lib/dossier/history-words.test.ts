import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '#shared/dossiers/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { dossier as en } from '../i18n/messages/en/dossier.ts';
import { dossier as fr } from '../i18n/messages/fr/dossier.ts';
import { endedItems, wasBroken, whatWasDone } from './history-words.ts';

function entry(what: string, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: '0'.repeat(24),
    at: '2026-11-20T09:00:00.000Z',
    by: 'C. Aubry',
    role: 'oncologist',
    what,
    from: null,
    to: null,
    subject: null,
    comment: null,
    revoked: [],
    version: 2,
    ...more,
  };
}
const said = (one: HistoryEntry) => whatWasDone(one, fr, wordsOf('fr')).replaceAll('\u00A0', ' ');

describe('whatWasDone', () => {
  it.each([
    [entry('dossier.created'), 'crée le dossier'],
    [entry('dossier.moved', { from: 'PLAN_EN_REVUE', to: 'PLAN_VALIDE' }), 'passe le dossier à « Plan validé »'],
    [entry('dossier.moved', { from: 'PLAN_VALIDE', to: 'PLAN_EN_REVUE' }), 'ramène le dossier à « Plan en revue »'],
    [entry('dossier.moved', { from: 'PLAN_EN_REVUE', to: 'A_REPRENDRE_CONTOURAGE' }), 'ramène le dossier à « À reprendre contourage »'],
    [entry('dossier.moved', { from: 'A_REPRENDRE_CONTOURAGE', to: 'CONTOURS_VALIDES' }), 'passe le dossier à « Contours validés »'],
    [entry('dossier.move-undone', { from: 'CLOTURE', to: 'EN_TRAITEMENT' }), 'annule son déplacement, retour à « En traitement »'],
    [entry('dossier.changed', { subject: 'machineId,priority' }), 'modifie la fiche : machine, priorité'],
    [entry('dossier.item-ticked', { subject: 'identity_validated' }), 'coche « Identité vérifiée »'],
    [entry('dossier.item-proposed', { subject: 'contours_locked' }), 'propose « Contours verrouillés »'],
    [entry('dossier.item-unticked', { subject: 'contours_locked' }), 'décoche « Contours verrouillés »'],
    [entry('dossier.signed', { subject: 'qa_dosimetrie' }), 'signe la QA dosimétrique'],
    [entry('dossier.patient-changed'), 'corrige l’identité du patient'],
    [entry('prescription.written'), 'écrit la prescription'],
    [entry('plan.written'), 'écrit le plan'],
    [entry('session.started', { subject: '3' }), 'commence la séance 3'],
    [entry('session.done', { subject: '3' }), 'termine la séance 3'],
    [entry('session.interrupted', { subject: '3' }), 'interrompt la séance 3'],
  ])('says it in words: $what', (one, words) => {
    expect(said(one)).toBe(words);
  });

  it('says it in English too', () => {
    expect(whatWasDone(entry('dossier.signed', { subject: 'prescription_signed' }), en, wordsOf('en'))).toBe('signs the prescription');
  });

  it('shows a fact that it does not know by its own name', () => {
    expect(said(entry('dossier.merged'))).toBe('dossier.merged');
    expect(said(entry('dossier.item-ticked', { subject: 'consent' }))).toBe('coche « consent »');
  });
});

describe('endedItems', () => {
  it('names what an entry revoked, and whether writing broke it', () => {
    const written = entry('plan.written', { revoked: ['qa_dosimetrie', 'signature_oncologue'] });
    expect(endedItems(written, wordsOf('fr'))).toBe('QA dosimétrique réalisée, Signature oncologue');
    expect(wasBroken(written)).toBe(true);
    expect(wasBroken(entry('dossier.moved'))).toBe(false);
  });
});
