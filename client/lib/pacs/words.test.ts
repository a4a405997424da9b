import { describe, expect, test } from 'vitest';
import { REASONS, type PeerLight } from '#shared/pacs/schemas.ts';
import { m } from '../i18n/index.ts';
import { problemsIn, NEW_PEER, sentOf } from './peer-fields.ts';
import { matching } from './archive.svelte.ts';
import { rightAt, sectionAt } from './sections.ts';
import { clockLength, codeOf, dicomName, endOf, lightDetail, lightText, reasonText, shortUid, troubleOf } from './words.ts';

const now = Date.parse('2026-11-20T13:05:00Z');
const light: PeerLight = {
  peer: 'p',
  aeTitle: 'TEP-GE',
  light: 'answers',
  since: '2026-11-20T13:03:58.000Z',
  lastEcho: { at: '2026-11-20T13:03:58.000Z', ms: 4, reason: null },
  failures: 0,
  lastReceived: null,
  silent: null,
  history: [],
};

describe('words of the monitor', () => {
  test('every reason of the contract has its words; another is shown as it is', () => {
    expect(REASONS.filter((code) => !Object.hasOwn(m.pacs.reasons, code))).toEqual([]);
    expect(reasonText('something new')).toBe('something new');
    expect(reasonText('constructor')).toBe('constructor');
  });

  test('UIDs keep their start and their end', () => {
    expect(shortUid('1.2.3')).toBe('1.2.3');
    expect(shortUid('1.2.826.0.1.3680043.10.1187.4.11.902')).toBe('1.2.826.0.1.3680043.1….902');
  });

  test('lengths are a clock', () => {
    expect([41_000, 204_900, 3_725_000, -5].map(clockLength)).toEqual(['0:41', '3:24', '1:02:05', '0:00']);
  });

  test('an end says its reason only when it is not good', () => {
    expect(endOf({ status: 'completed', reason: null })).toEqual({ state: 'done', word: 'Terminée' });
    expect(endOf({ status: 'rejected', reason: 'calling-ae-unknown' })).toEqual({
      state: 'late',
      word: 'Refusée\u00A0: titre AE appelant absent de la liste blanche',
    });
    expect(codeOf({ statusCode: null, rejection: '1-1-3' })).toBe('RJ 1-1-3');
  });

  test('reception says why it does not receive', () => {
    expect(troubleOf({ listening: true, why: null, problem: null })).toBeUndefined();
    expect(troubleOf({ listening: false, why: 'port', problem: null })).toBe('Le port est déjà pris.');
    expect(troubleOf({ listening: true, why: null, problem: 'disk-full' })).toContain('disque');
    expect(troubleOf({ listening: false, why: null, problem: null })).toBe(troubleOf({ listening: false, why: 'silent', problem: null }));
  });

  test('a peer says how it answers, since when it is mute, and when it is silent beyond its habit', () => {
    expect(lightText(light)).toBe('répond en 4\u00A0ms'.replace('\u00A0', ' '));
    const mute: PeerLight = {
      ...light,
      light: 'mute',
      failures: 2,
      lastEcho: { at: '2026-11-20T13:03:58.000Z', ms: null, reason: 'timeout' },
    };
    expect(lightText(mute)).toBe('ne répond pas');
    expect(lightDetail(mute, now)).toContain('2 échos sans réponse');
    const silent: PeerLight = { ...light, silent: { since: '2026-11-20T08:05:00.000Z', habitMin: 45 } };
    expect(lightDetail(silent, now)).toBe('rien depuis 5\u00A0h, d’habitude 45\u00A0min au plus');
    expect(lightDetail(light, now)).toBe('rien reçu');
  });

  test('names lose their marks only', () => {
    expect([dicomName('DUPONT^Marie^^^'), dicomName('Smith^Ann^B=xx'), dicomName('^^')]).toEqual([
      'DUPONT Marie',
      'Smith Ann B',
      'sans nom',
    ]);
  });
});

describe('the form of a peer', () => {
  test('names what cannot be saved', () => {
    expect(problemsIn(NEW_PEER)).toEqual({ aeTitle: true, host: true });
    expect(problemsIn({ ...NEW_PEER, aeTitle: 'A\\B', host: 'a b', port: '70000' })).toEqual({ aeTitle: true, host: true, port: true });
    expect(problemsIn({ ...NEW_PEER, aeTitle: 'TPS-RAY', host: '10.20.6.10', port: '104' })).toEqual({});
  });

  test('sends an empty port as none', () => {
    expect(sentOf({ ...NEW_PEER, aeTitle: ' A ', host: 'h', port: ' ' })).toMatchObject({ aeTitle: 'A', port: null });
    expect(sentOf({ ...NEW_PEER, port: '104' }).port).toBe(104);
  });
});

test('tags are found by number, name and value', () => {
  const tag = (fields: object) => ({ tag: '00100010', keyword: 'PatientName', vr: 'PN', depth: 0, value: 'X', hidden: false, ...fields });
  const tags = [tag({}), tag({ tag: '00080060', keyword: 'Modality', value: 'CT' })];
  expect(['(0008,0060)'.replace(',', ''), 'modal', 'ct'].map((text) => matching(tags, text).map((one) => one.keyword))).toEqual(
    Array.from({ length: 3 }, () => ['Modality']),
  );
  expect(matching(tags, '')).toHaveLength(2);
});

test('an address belongs to a section and asks for a right', () => {
  expect(['/pacs', '/pacs/archive/series/1.2', '/pacs/peers/new', '/pacs/nowhere'].map((path) => sectionAt(path)?.name)).toEqual([
    'associations',
    'archive',
    'peers',
    undefined,
  ]);
  expect([rightAt('/pacs'), rightAt('/pacs/archive'), rightAt('/pacs/archive/instances/1.2')]).toEqual([
    'pacs:monitor',
    'pacs:images',
    'pacs:tags',
  ]);
});
