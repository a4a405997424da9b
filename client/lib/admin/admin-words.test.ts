import { describe, expect, it } from 'vitest';
import { RIGHTS } from '#shared/roles.ts';
import { locale, m } from '../i18n/index.ts';
import { addressOf, filtersIn, queryOf, type Entry } from './audit.ts';
import { actionText, detailText, subjectText } from './audit-words.ts';

function entry(over: Partial<Entry>): Entry {
  return { id: '', at: '', actor: '', role: null, action: '', subject: null, subjectLabel: null, from: '', details: {}, ...over };
}

describe('the rights matrix', () => {
  it.each(['fr', 'en'] as const)('has words for every right in %s', async (language) => {
    await locale.choose(language);
    expect(Object.keys(RIGHTS).filter((right) => !m.admin.rights.rights[right])).toEqual([]);
    await locale.choose('fr');
  });
});

describe('the audit log in words', () => {
  it('says what was done with its from and to, its light or its item', () => {
    const moved = entry({ action: 'dossier.moved', details: { from: 'PLAN_VALIDE', to: 'PRET_POUR_TRAITEMENT', version: 7 } });
    expect(actionText(moved.action)).toBe('Dossier déplacé');
    expect(detailText(moved)).toBe('Plan validé → Prêt pour traitement');
    expect(detailText(entry({ action: 'session.role-changed', details: { from: 'physicist', to: 'admin' } }))).toBe(
      'Physicien médical → Administrateur',
    );
    expect(detailText(entry({ action: 'light.set', details: { light: 'red' } }))).toBe('Bloquée');
    expect(detailText(entry({ action: 'dossier.item-ticked', details: { subject: 'exams_imported' } }))).toBe('Examens importés');
    expect(detailText(entry({ action: 'session.done', details: { subject: '3' } }))).toBe('n° 3');
  });

  it('names a record by its kind, and an action that it does not know by itself', () => {
    expect(subjectText('dossier:65f3a1b2c3d4e5f60718293a')).toBe('Dossier …18293a');
    expect(subjectText('machine:versa-hd-1')).toBe('Machine versa-hd-1');
    expect(actionText('thing.done')).toBe('thing.done');
  });
});

describe('the filters of the log', () => {
  it('stand in the address and come back from it', () => {
    const filters = { actor: 'Inès Moreau', action: 'light.', subject: '', from: '2026-11-20', to: '' };
    const address = addressOf(filters);
    expect(filtersIn(new URL(address, 'http://x').searchParams)).toEqual(filters);
    expect(addressOf({ ...filters, actor: '', action: '', from: '' })).toBe('/admin/audit');
  });

  it('ask for whole days of the site, and leave out a day that does not exist', () => {
    const filters = filtersIn(new URLSearchParams('from=2026-10-25&to=2026-10-25&actor= '));
    expect(queryOf(filters, 'Europe/Paris')).toEqual({ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
    expect(filtersIn(new URLSearchParams('from=2026-13-45')).from).toBe('');
  });
});
