import { describe, expect, it, vi } from 'vitest';
import type { Patient } from '#shared/patients/schemas.ts';
import { ApiError, Offline } from '../api/index.ts';
import { PatientForm, type PatientCalls } from './patient-form.svelte.ts';

const NOW = Date.parse('2026-11-20T13:00:00Z');
const stored: Patient = {
  id: 'a'.repeat(24),
  version: 3,
  ipp: '30418227',
  lastName: 'ROUVIÈRE',
  firstName: 'Paule',
  birthDate: '1958-03-02',
  sex: 'F',
};

function calls(over: Partial<PatientCalls> = {}): PatientCalls {
  return {
    create: vi.fn(() => Promise.resolve(stored)),
    change: vi.fn(() => Promise.resolve({ ...stored, version: 4 })),
    read: vi.fn(() => Promise.resolve(stored)),
    ...over,
  };
}

function filled(over: PatientCalls): PatientForm {
  const form = new PatientForm(undefined, over, () => NOW);
  form.fields = { ipp: ' 30418227 ', lastName: 'Rouvière', firstName: 'Paule', birthDate: '1958-03-02', sex: 'F' };
  return form;
}

describe('the patient form', () => {
  it('sends nothing while a field is wrong, and says which', async () => {
    const server = calls();
    const form = new PatientForm(undefined, server, () => NOW);
    form.fields = { ipp: ' ', lastName: 'A', firstName: '', birthDate: '2026-02-31', sex: 'U' };
    expect(await form.save()).toBeUndefined();
    expect(server.create).not.toHaveBeenCalled();
    expect([form.error('ipp'), form.error('lastName'), form.error('firstName'), form.error('birthDate')].map(Boolean)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('refuses a birth in the future or before 1900', async () => {
    const form = filled(calls());
    form.fields.birthDate = '2026-11-21';
    await form.save();
    const future = form.error('birthDate');
    form.fields.birthDate = '0958-03-02';
    await form.save();
    expect(future).toBeTruthy();
    expect(form.error('birthDate')).toBeTruthy();
    expect(form.error('birthDate')).not.toBe(future);
  });

  it('creates a patient without spaces around what was typed, unconfirmed', async () => {
    const server = calls();
    const form = filled(server);
    expect(await form.save()).toBe(stored);
    expect(server.create).toHaveBeenCalledWith(
      { ipp: '30418227', lastName: 'Rouvière', firstName: 'Paule', birthDate: '1958-03-02', sex: 'F' },
      false,
    );
    expect(form.dirty).toBe(false);
  });

  it('shows similar patients, keeps what was typed, and saves only when confirmed', async () => {
    const similar = new ApiError(409, 'patient.similar', '', { candidates: [stored] });
    const create = vi.fn((_identity: unknown, confirmed: boolean) => (confirmed ? Promise.resolve(stored) : Promise.reject(similar)));
    const form = filled(calls({ create }));
    expect(await form.save()).toBeUndefined();
    expect(form.similar).toEqual([stored]);
    expect(form.fields.lastName).toBe('Rouvière');
    expect(form.failure).toBeUndefined();
    expect(await form.save(true)).toBe(stored);
    expect(form.similar).toEqual([]);
  });

  it('says at the field that an IPP is taken', async () => {
    const form = filled(calls({ create: () => Promise.reject(new ApiError(409, 'patient.exists', '')) }));
    await form.save();
    expect(form.error('ipp')).toBeTruthy();
    expect(form.failure).toBeUndefined();
  });

  it('shows what somebody else wrote meanwhile, writes over it only after that, and only what was typed here', async () => {
    const newer: Patient = { ...stored, version: 5, firstName: 'Paula', sex: 'U' };
    const change = vi
      .fn<PatientCalls['change']>()
      .mockRejectedValueOnce(new ApiError(409, 'patient.changed', '', { current: newer }))
      .mockResolvedValue({ ...newer, version: 6 });
    const form = new PatientForm(stored, calls({ change }), () => NOW);
    form.fields.firstName = 'Pauline';
    await form.save();
    expect(form.newer).toEqual(newer);
    form.keepMine();
    expect(form.fields.firstName).toBe('Pauline');
    await form.save();
    expect(change).toHaveBeenLastCalledWith(stored.id, expect.objectContaining({ firstName: 'Pauline', sex: 'U' }), 5, false);
  });

  it('follows a change of the server while nothing was typed, and keeps a correction under way', () => {
    const form = new PatientForm(stored, calls(), () => NOW);
    form.follow({ ...stored, version: 4, firstName: 'Paula' });
    expect(form.fields.firstName).toBe('Paula');
    form.fields.firstName = 'Pauline';
    form.follow({ ...stored, version: 5, firstName: 'Paulette' });
    expect(form.fields.firstName).toBe('Pauline');
    expect(form.stored?.version).toBe(4);
  });

  it('keeps what was typed when the server is silent', async () => {
    const form = filled(calls({ create: () => Promise.reject(new Offline('network')) }));
    await form.save();
    expect(form.failure).toBeTruthy();
    expect(form.fields.firstName).toBe('Paule');
  });
});
