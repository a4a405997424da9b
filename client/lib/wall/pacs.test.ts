import { describe, expect, it } from 'vitest';
import type { PacsSummary } from '#shared/pacs/schemas.ts';
import { peersOf, rowsOf } from './pacs.ts';

const light = (aeTitle: string, colour: PacsSummary['lights'][number]['light'] = 'answers') => ({ aeTitle, light: colour, since: null });
const row = (id: string): PacsSummary['associations'][number] => ({
  id,
  service: 'SCP',
  modality: 'CT',
  messages: 1,
  messagesPerSecond: 1,
  startedAt: '2026-11-20T13:00:00.000Z',
  aeTitle: id,
  stuck: false,
});
const refusal = { id: 'r', callingAeTitle: 'CTSIM_OLD', reason: 'calling-ae-unknown', count: 3, lastAt: '2026-11-20T13:00:00.000Z' };
const summary = (fields: Partial<PacsSummary>): PacsSummary => ({
  asOf: null,
  listening: true,
  running: 0,
  stuck: 0,
  peers: 0,
  mutePeers: 0,
  silentPeers: 0,
  receivedToday: 0,
  messagesPerSecond: 0,
  unattached: 0,
  problem: null,
  lights: [],
  associations: [],
  refused: 0,
  refusals: [],
  ...fields,
});

describe('the tile of the PACS', () => {
  it('shows six peers; a mute one stays, the rest is counted', () => {
    const lights = [...'ABCDEFG'].map((title) => light(title)).concat(light('Z', 'mute'));
    const { shown, others } = peersOf(summary({ lights, peers: 8 }));
    expect(shown.map((one) => one.aeTitle)).toEqual(['A', 'B', 'C', 'D', 'E', 'Z']);
    expect(others).toBe(2);
  });

  it('gives a refused caller one of three rows', () => {
    const associations = ['a', 'b', 'c'].map(row);
    expect(rowsOf(summary({ associations })).associations).toHaveLength(3);
    const both = rowsOf(summary({ associations, refusals: [refusal, refusal] }));
    expect([both.associations.length, both.refusals.length]).toEqual([2, 1]);
    expect(rowsOf(summary({ refusals: [refusal, refusal] })).refusals).toHaveLength(2);
  });
});
