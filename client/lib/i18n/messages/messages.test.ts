import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { fr } from './fr.ts';

/** Every text of a dictionary with its path; functions are called with something that can be read anywhere. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return textsOf(callLoosely(value), path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsOf(one, `${path}.${key}`));
}

function callLoosely(make: unknown): unknown {
  try {
    return typeof make === 'function' ? Reflect.apply(make, undefined, [2, 2, 2, 2]) : '…';
  } catch {
    return '…'; // takes an object: its texts are seen where it is used
  }
}

describe('messages', () => {
  test('English says everything that French says', () => {
    expect(textsOf(en).map(([path]) => path)).toEqual(textsOf(fr).map(([path]) => path));
  });

  test.each([
    ['fr', fr],
    ['en', en],
  ] as const)('no text of %s exclaims, is empty or uses a character that the font lacks', (_, dictionary) => {
    const wrong = textsOf(dictionary).filter(([, text]) => text.trim() === '' || /[!\u202F\u2190-\u21FF\u2264\u2265]/.test(text));
    expect(wrong).toEqual([]);
  });
});
