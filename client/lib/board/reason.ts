import type { Refusal } from '#shared/errors.ts';
import { m } from '../i18n/index.ts';

/** What a card says of what blocks it: how many more reasons there are, and the first one. */
export function reasonText(reasons: readonly Refusal[]): string {
  const [first, ...others] = reasons;
  if (!first) return '';
  return others.length > 0 ? `${m.board.moreReasons(others.length)} ${first.message}` : first.message;
}
