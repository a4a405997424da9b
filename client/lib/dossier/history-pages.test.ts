import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '#shared/dossiers/schemas.ts';
import { joined } from './history-pages.ts';

const lines = (...versions: number[]) => versions.map((version) => ({ version }) as HistoryEntry); // only what joining reads
const versions = (entries: readonly HistoryEntry[]) => entries.map((entry) => entry.version);

describe('joined', () => {
  it('puts an older page below the newest one', () => {
    expect(versions(joined(lines(9, 8, 7), lines(6, 5)))).toEqual([9, 8, 7, 6, 5]);
  });

  it('shows a line once where the pages overlap', () => {
    expect(versions(joined(lines(10, 9, 8), lines(9, 8, 7, 6)))).toEqual([10, 9, 8, 7, 6]);
  });

  it('drops the older page rather than hide a hole between them', () => {
    expect(versions(joined(lines(30, 29), lines(20, 19)))).toEqual([30, 29]);
  });

  it('keeps what there is when one side is empty', () => {
    expect(versions(joined([], lines(2, 1)))).toEqual([2, 1]);
    expect(versions(joined(lines(2, 1), []))).toEqual([2, 1]);
  });
});
