import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { cut, SITES, targetOf } from './anatomy.ts';
import { objectsOf } from './objects.ts';
import { planStudy, sliceZ, type Study, uidOf } from './study.ts';
import { personName, type Subject, subjectOf } from './subjects.ts';
import { simulatedUid } from './uids.ts';

const AT = new Date(2026, 10, 20, 9, 30);
const PATIENT: Subject = { ipp: '30390000', lastName: 'ROUVIÈRE', firstName: 'Élise', birthDate: '1957-03-14', sex: 'F' };
const PATIENTS = [PATIENT, { ...PATIENT, ipp: '30390517', lastName: 'MORVAN' }];

function study(index = 1, seed = 7): Study {
  return planStudy({ seed, index, at: AT, subject: PATIENT, station: 'SCANNER1', slices: 6 });
}

function hashes(of: Study): string[] {
  return Array.from(objectsOf(of), (bytes) => createHash('sha256').update(bytes).digest('hex'));
}

describe('objects', () => {
  test('are the same bytes for the same seed, and others for another', () => {
    expect(hashes(study())).toEqual(hashes(study()));
    const first = new Set(hashes(study()));
    expect(hashes(study(1, 8)).filter((hash) => first.has(hash))).toEqual([]);
  });

  test('are a CT alone, with structures, plan and dose, or with a PET', () => {
    expect([0, 1, 3].map((index) => [study(index).kind, hashes(study(index)).length])).toEqual([
      ['ct', 6],
      ['rt', 9],
      ['petct', 11],
    ]);
  });

  test('are DICOM files of even length whose elements stand in order', () => {
    for (const bytes of objectsOf(study())) {
      expect(bytes.toString('latin1', 128, 132)).toBe('DICM');
      expect(bytes.length % 2).toBe(0);
    }
  });

  test('bear names in UTF-8, the mark of the simulation, and no UID twice', () => {
    const uids = new Set<string>();
    for (const bytes of objectsOf(study(3))) {
      expect(bytes.includes('ROUVIÈRE^Élise')).toBe(true);
      expect(bytes.includes('SIMULATED: no real patient')).toBe(true);
      uids.add(/2\.25\.\d+/.exec(bytes.toString('latin1', 128, 400))?.[0] ?? '');
    }
    expect(uids.size).toBe(11);
  });

  test('of another time or number have other UIDs: a demo that goes on contradicts nothing it sent', () => {
    const later = planStudy({ seed: 7, index: 1, at: new Date(AT.getTime() + 60_000), subject: PATIENT, station: 'SCANNER1', slices: 6 });
    expect(new Set([study(0), study(1), later].map((one) => uidOf(one, 'study'))).size).toBe(3);
  });
});

test('UIDs are valid: one root, no leading zero, at most 64 characters', () => {
  for (let index = 0; index < 200; index += 1) expect(simulatedUid(String(index))).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
});

test('every site has a target within the slices of the shortest study', () => {
  const { ct } = planStudy({ seed: 1, index: 0, at: AT, subject: PATIENT, station: 'S', slices: 40 });
  for (const site of SITES) {
    const hit = Array.from({ length: ct.slices }, (_, slice) => cut(targetOf(site), sliceZ(ct, slice))).filter(Boolean);
    expect(hit.length).toBeGreaterThan(8);
    expect(hit.length).toBeLessThan(ct.slices);
  }
});

describe('subjects', () => {
  test('are the patients in turn, and of five one stranger and one whose identity is wrong', () => {
    const five = Array.from({ length: 5 }, (_, index) => subjectOf(PATIENTS, 7, index));
    expect(five.slice(0, 3)).toEqual([PATIENTS[0], PATIENTS[1], PATIENTS[0]]);
    expect(PATIENTS.map(({ ipp }) => ipp)).not.toContain(five[3]?.ipp);
    expect(five[4]?.ipp).toBe('30390517');
    expect(five[4]).not.toEqual(PATIENTS[1]);
    expect(subjectOf(PATIENTS, 7, 5)).toEqual(PATIENTS[1]);
  });

  test('are strangers where no patient is known', () => {
    expect(subjectOf([], 7, 0).ipp).toMatch(/^99\d{6}$/);
  });

  test('whose exams are awaited get images, whose contours are get structures', () => {
    const kinds = (awaited: Subject['awaited']): string[] =>
      [0, 1, 2, 3].map(
        (index) => planStudy({ seed: 1, index, at: AT, subject: { ...PATIENT, ...(awaited ? { awaited } : {}) }, station: 'S' }).kind,
      );
    expect(kinds('exams')).toEqual(['ct', 'ct', 'ct', 'petct']);
    expect(kinds('contours')).toEqual(['rt', 'rt', 'rt', 'rt']);
  });

  test('have no delimiter of DICOM in their names', () => {
    expect(personName({ lastName: 'LE^GOFF\\X', firstName: 'A=B' })).toBe('LE GOFF X^A B');
  });
});
