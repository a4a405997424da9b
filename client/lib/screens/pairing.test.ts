import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Offline } from '../api/index.ts';
import { AGAIN_MS, PairingState, POLL_MS, type PairingCalls } from './pairing.svelte.ts';

const EXPIRES = '2026-11-20T13:10:00.000Z';

function codes(...list: string[]): PairingCalls['ask'] {
  const left = [...list];
  return vi.fn(() =>
    Promise.resolve({
      code: left.shift() ?? 'NONE00',
      secret: `secret of ${list[list.length - left.length - 1] ?? ''}`,
      expiresAt: EXPIRES,
    }),
  );
}

describe('a screen that waits to be opened', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows a code, asks every three seconds and opens by itself', async () => {
    const poll = vi.fn<PairingCalls['poll']>().mockResolvedValueOnce({ state: 'waiting' }).mockResolvedValue({ state: 'opened' });
    const pairing = new PairingState({ ask: codes('K7MQ4X'), poll });
    pairing.start();
    await vi.advanceTimersByTimeAsync(0);
    expect([pairing.code, pairing.opened]).toEqual(['K7MQ4X', false]);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(pairing.opened).toBe(false);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(pairing.opened).toBe(true);
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(poll).toHaveBeenCalledTimes(2);
    expect(poll).toHaveBeenCalledWith('secret of K7MQ4X');
  });

  it('takes the next code when one has expired', async () => {
    const poll = vi.fn<PairingCalls['poll']>().mockResolvedValueOnce({ state: 'expired' }).mockResolvedValue({ state: 'waiting' });
    const pairing = new PairingState({ ask: codes('AAA111', 'BBB222'), poll });
    pairing.start();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    await vi.advanceTimersByTimeAsync(1);
    expect(pairing.code).toBe('BBB222');
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(poll).toHaveBeenLastCalledWith('secret of BBB222');
  });

  it('says that the server is silent, keeps its code and goes on trying', async () => {
    const poll = vi.fn<PairingCalls['poll']>().mockRejectedValueOnce(new Offline('network')).mockResolvedValue({ state: 'waiting' });
    const pairing = new PairingState({ ask: codes('K7MQ4X'), poll });
    pairing.start();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect([pairing.silent, pairing.code]).toEqual([true, 'K7MQ4X']);
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect(pairing.silent).toBe(false);
  });

  it('asks again for its first code until the server answers', async () => {
    const ask = vi
      .fn<PairingCalls['ask']>()
      .mockRejectedValueOnce(new Offline('network'))
      .mockResolvedValue({ code: 'K7MQ4X', secret: 's', expiresAt: EXPIRES });
    const pairing = new PairingState({ ask, poll: () => Promise.resolve({ state: 'waiting' }) });
    pairing.start();
    await vi.advanceTimersByTimeAsync(0);
    expect([pairing.silent, pairing.code]).toEqual([true, undefined]);
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect([pairing.silent, pairing.code]).toEqual([false, 'K7MQ4X']);
  });

  it('asks nothing more once it is left', async () => {
    const poll = vi.fn<PairingCalls['poll']>().mockResolvedValue({ state: 'waiting' });
    const stop = new PairingState({ ask: codes('K7MQ4X'), poll }).start();
    await vi.advanceTimersByTimeAsync(POLL_MS);
    stop();
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(poll).toHaveBeenCalledTimes(1);
  });
});
