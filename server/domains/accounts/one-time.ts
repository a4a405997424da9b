import { randomInt } from 'node:crypto';

/** Without letters and digits that are taken for one another. */
const CLEAR_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to read out once, as `k7mp-3xqa-hv9d-w2ct`: 79 bits. */
export function newOneTimePassword(): string {
  const letters = Array.from({ length: 16 }, () => CLEAR_LETTERS[randomInt(CLEAR_LETTERS.length)]);
  return [0, 4, 8, 12].map((from) => letters.slice(from, from + 4).join('')).join('-');
}
