import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askCredentials, NotAnswered, type Terminal } from './terminal.ts';

/** A terminal on which somebody types these pieces, each when it is asked for. */
function typing(pieces: readonly string[], isTTY = true) {
  const events = new EventEmitter();
  const input = Object.assign(events, {
    isTTY,
    raw: [] as boolean[],
    setRawMode(raw: boolean) {
      this.raw.push(raw);
      return this;
    },
    resume() {
      const piece = left.shift();
      if (piece !== undefined) setImmediate(() => events.emit('data', Buffer.from(piece)));
      return this;
    },
    pause() {
      return this;
    },
  });
  const left = [...pieces];
  let shown = '';
  const terminal = { input, output: { write: (text: string) => Boolean((shown += text)) } } as unknown as Terminal; // what is used of one
  return { terminal, input, shown: () => shown };
}

test('the user is shown, the password is not; letters of any alphabet and corrections count', async () => {
  const { terminal, shown, input } = typing(['vigiz\x7fe\r', 'sécrex\x7ft$\n']);
  expect(await askCredentials('Artiscan', {}, terminal)).toEqual({ user: 'vigie', password: 'sécret$' });
  expect(shown()).toBe('Artiscan, user: vigiz\b \be\nArtiscan, password of vigie (not shown): \n');
  expect(input.raw).toEqual([true, false, true, false]);
  expect(input.listenerCount('data') + input.listenerCount('end')).toBe(0);
});

test('only what is not known is asked', async () => {
  const { terminal, shown } = typing(['secret\r']);
  expect(await askCredentials('Artiscan', { user: 'vigie' }, terminal)).toEqual({ user: 'vigie', password: 'secret' });
  expect(shown()).not.toContain('user:');
});

test.each([
  ['Ctrl-C', ['vigie\r', 'secr\x03']],
  ['an empty answer', ['vigie\r', '\r']],
])('%s ends it, the terminal is as before, and nothing that was typed is told', async (_what, pieces) => {
  const { terminal, input } = typing(pieces);
  const error: unknown = await askCredentials('Artiscan', {}, terminal).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NotAnswered);
  expect(String(error)).not.toContain('secr');
  expect(input.raw.at(-1)).toBe(false);
});

test('without a terminal nobody is asked', async () => {
  const { terminal, shown } = typing([], false);
  await expect(askCredentials('Artiscan', {}, terminal)).rejects.toThrow('There is no terminal');
  expect(shown()).toBe('');
});
