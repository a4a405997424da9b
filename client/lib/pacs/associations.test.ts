import { describe, expect, test } from 'vitest';
import type { Association } from '#shared/pacs/schemas.ts';
import { hasFailed, inView, KEPT_MS, MOST_KEPT, peerOf, stuckOf, withAssociations } from './associations.ts';
import { association } from './testing.ts';

const T0 = Date.parse('2026-11-20T13:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const ids = (list: readonly Association[]) => list.map((one) => one.id);

describe('running associations', () => {
  test('keep their place by their beginning; a message replaces one', () => {
    const list = [association({ id: 'a', startedAt: at(0) }), association({ id: 'b', startedAt: at(5) })];
    const next = withAssociations(list, [association({ id: 'a', startedAt: at(0), updatedAt: at(9), messages: 7 })], at(9));
    expect(ids(next)).toEqual(['a', 'b']);
    expect(next[0]?.messages).toBe(7);
  });

  test('an older message changes nothing, and one that ended does not run again', () => {
    const ended = association({ id: 'a', endedAt: at(8), status: 'completed', updatedAt: at(8) });
    expect(withAssociations([ended], [association({ id: 'a', updatedAt: at(7) })], at(9))).toEqual([ended]);
  });

  test('stay ten seconds after the end, then go', () => {
    const ended = association({ id: 'a', endedAt: at(0), status: 'completed' });
    expect(inView([ended], T0 + KEPT_MS - 1).rows).toEqual([ended]);
    expect(inView([ended], T0 + KEPT_MS).rows).toEqual([]);
    expect(withAssociations([ended], [], at(60))).toEqual([]);
  });

  test('a storm of short ones does not push out those that run', () => {
    const short = Array.from({ length: 30 }, (_, n) => association({ id: `s${String(n)}`, endedAt: at(0), status: 'completed' }));
    const { rows, hidden } = inView([association({ id: 'long' }), ...short], T0 + 1000);
    expect(rows[0]?.id).toBe('long');
    expect([rows.length, hidden]).toEqual([MOST_KEPT + 1, 30 - MOST_KEPT]);
  });

  test('are stuck after a minute of silence', () => {
    const list = [association({ id: 'a', updatedAt: at(0) }), association({ id: 'b', updatedAt: at(50) })];
    expect(ids(stuckOf(list, T0 + 61_000))).toEqual(['a']);
  });
});

test('the peer is the other side, and an end is good only when it was in order', () => {
  expect(peerOf(association({ service: 'SCP' }))).toBe('SCANNER1');
  expect(peerOf(association({ service: 'SCU', callingAeTitle: 'VIGIE', calledAeTitle: 'TPS-RAY' }))).toBe('TPS-RAY');
  expect((['completed', 'pending', 'failed', 'aborted', 'rejected'] as const).map((status) => hasFailed({ status }))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});
