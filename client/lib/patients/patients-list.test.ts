import { describe, expect, it } from 'vitest';
import type { Patient } from '#shared/patients/schemas.ts';
import type { Fact } from '../live/index.ts';
import { applyFact } from './patients-list.svelte.ts';

function patient(id: string, lastName: string, version = 1): Patient {
  return { id: id.repeat(24), version, ipp: `30${id}`, lastName, firstName: 'Élise', birthDate: '1958-03-02', sex: 'F' };
}

const told = (type: string, one: Patient) => ({ topic: 'patients', revision: 1, at: '', type, data: { patient: one } }) as Fact; // a test writes facts as the server does
const names = (list: { items: Patient[] }) => list.items.map((one) => one.lastName);
const loaded = { items: [patient('a', 'AUBERT'), patient('c', 'ÉVRARD')] };

describe('the list of patients', () => {
  it('puts a new patient where his name belongs, accents aside', () => {
    expect(names(applyFact(loaded, told('patient:created', patient('b', 'DURAND')), ''))).toEqual(['AUBERT', 'DURAND', 'ÉVRARD']);
    expect(names(applyFact(loaded, told('patient:created', patient('d', 'EVRE')), ''))).toEqual(['AUBERT', 'ÉVRARD', 'EVRE']);
  });

  it('leaves a new patient to the next page when his place is there', () => {
    const page = { ...loaded, next: 'cursor' };
    expect(applyFact(page, told('patient:created', patient('z', 'ZOLA')), '')).toBe(page);
  });

  it('shows a new patient only when he is what is searched', () => {
    expect(applyFact(loaded, told('patient:created', patient('b', 'DURAND')), 'ev')).toBe(loaded);
    expect(names(applyFact(loaded, told('patient:created', patient('d', 'EVRE')), 'Évr'))).toContain('EVRE');
  });

  it('shows a correction in its place, once, and never an older one', () => {
    const corrected = applyFact(loaded, told('patient:changed', patient('a', 'AUBERGE', 2)), '');
    expect(names(corrected)).toEqual(['AUBERGE', 'ÉVRARD']);
    expect(applyFact(corrected, told('patient:changed', patient('a', 'AUBERT', 1)), '')).toBe(corrected);
  });
});
