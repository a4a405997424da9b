import { describe, expect, it } from 'vitest';
import { STUCK_AFTER_S, identityOf, isStuck, lightOfPeer, silenceOf } from './rules.ts';

const OURS = { ipp: '8004417', lastName: 'LEFÈVRE-MARTIN', firstName: 'Élise', birthDate: '1958-03-02' };

describe('the identity of a study', () => {
  it.each([
    ['the same words', '8004417', 'LEFÈVRE-MARTIN^Élise', '1958-03-02', 'agrees'],
    ['other case, no accents, no hyphen', '8004417', 'lefevre martin^elise', '1958-03-02', 'agrees'],
    ['an identifier with spaces and other case', ' 8004417 ', 'LEFEVRE-MARTIN^ELISE', '1958-03-02', 'agrees'],
    ['a prefix, a suffix and other alphabets', '8004417', 'LEFEVRE MARTIN^ELISE^^DR^=X^Y', null, 'agrees'],
    ['no name', '8004417', '', '1958-03-02', 'agrees'],
    ['a name of separators only', '8004417', '^^^^', '1958-03-02', 'agrees'],
    ['no birth date', '8004417', 'LEFEVRE MARTIN^ELISE', null, 'agrees'],
    ['neither', '8004417', '', null, 'agrees'],
    ['the family name alone', '8004417', 'LEFEVRE MARTIN', '1958-03-02', 'agrees'],
    ['both names in one component', '8004417', 'LEFEVRE MARTIN ELISE', null, 'agrees'],
    ['the names the other way round', '8004417', 'ELISE^LEFEVRE MARTIN', null, 'agrees'],
    ['another family name', '8004417', 'DURAND^ELISE', '1958-03-02', 'contradicts'],
    ['another given name', '8004417', 'LEFEVRE MARTIN^PAUL', '1958-03-02', 'contradicts'],
    ['a given name that only begins alike', '8004417', 'LEFEVRE MARTIN^ELI', '1958-03-02', 'contradicts'],
    ['another birth date', '8004417', 'LEFEVRE MARTIN^ELISE', '1958-02-03', 'contradicts'],
    ['another identifier', '8004418', 'LEFEVRE MARTIN^ELISE', '1958-03-02', 'identifier'],
    ['no identifier', '', 'LEFEVRE MARTIN^ELISE', '1958-03-02', 'identifier'],
  ])('with %s: %s', (_name, patientId, name, birthDate, expected) => {
    expect(identityOf({ patientId, name, birthDate }, OURS)).toBe(expected);
  });

  it('takes a second given name from the third component', () => {
    const known = { ...OURS, firstName: 'Anne Sophie' };
    const sent = { patientId: '8004417', birthDate: null };
    expect(identityOf({ ...sent, name: 'LEFEVRE MARTIN^ANNE^SOPHIE' }, known)).toBe('agrees');
    expect(identityOf({ ...sent, name: 'LEFEVRE MARTIN^ANNE' }, known)).toBe('contradicts');
  });
});

describe('an association', () => {
  const now = new Date('2026-11-20T10:10:00Z');
  const quietFor = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

  it.each([
    ['that runs and was heard just now', null, 0, false],
    ['that runs and was quiet a moment less than the limit', null, STUCK_AFTER_S - 1, false],
    ['that runs and was quiet for the limit', null, STUCK_AFTER_S, true],
    ['that ended long ago', '2026-11-20T09:00:00Z', 4000, false],
  ])('%s', (_name, endedAt, seconds, stuck) => {
    expect(isStuck({ endedAt, updatedAt: quietFor(seconds) }, now)).toBe(stuck);
  });
});

describe('the light of a peer', () => {
  const echo = (ms: number | null) => ({ at: '2026-11-20T10:00:00Z', ms, reason: null });
  it.each([
    ['that is not active', { active: false, port: 104 }, echo(4), 'off'],
    ['that only calls us', { active: true, port: null }, null, 'unknown'],
    ['that was not asked yet', { active: true, port: 104 }, null, 'unknown'],
    ['that answers', { active: true, port: 104 }, echo(4), 'answers'],
    ['that answers after a second', { active: true, port: 104 }, echo(1000), 'answers'],
    ['that answers later', { active: true, port: 104 }, echo(1001), 'slow'],
    ['that does not answer', { active: true, port: 104 }, echo(null), 'mute'],
  ])('%s', (_name, peer, last, light) => {
    expect(lightOfPeer(peer, last)).toBe(light);
  });
});

describe('the silence of a modality', () => {
  const minutes = (list: readonly number[]) => list.map((minute) => new Date(Date.UTC(2026, 10, 20, 0, minute)));
  const everyHalfHour = minutes(Array.from({ length: 10 }, (_, index) => index * 30));

  it.each([
    ['no habit yet', minutes([0, 30, 60]), 5000, null],
    ['its usual pause', everyHalfHour, 270 + 40, null],
    ['less than two hours', everyHalfHour, 270 + 119, null],
    ['more than two hours and three usual pauses', everyHalfHour, 270 + 121, 30],
    ['a night like other nights', minutes([0, 60, 120, 900, 960, 1020, 1800, 1860, 1920]), 1920 + 780, null],
    ['nothing ever', [], 100, null],
  ])('after %s', (_name, arrivals, now, habitMin) => {
    const found = silenceOf(arrivals, new Date(Date.UTC(2026, 10, 20, 0, now)));
    expect(found?.habitMin ?? null).toBe(habitMin);
    if (found) expect(found.since).toEqual(arrivals.at(-1));
  });

  it('does not depend on the order of what it is given', () => {
    const now = new Date(Date.UTC(2026, 10, 20, 0, 400));
    expect(silenceOf([...everyHalfHour].reverse(), now)).toEqual(silenceOf(everyHalfHour, now));
  });
});
