import type { Refusal } from '#shared/errors.ts';
import { m, words } from '../i18n/index.ts';

/** The server answered that it will not: `code` as in `shared/messages/words.ts`, `details` by code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** No answer that can be used: no network, no answer in time, or not ours. */
export class Offline extends Error {
  override readonly name = 'Offline';
  readonly why: 'network' | 'timeout' | 'unreadable';

  constructor(why: Offline['why'], cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

/** The cause of a failure in words, in the current language. */
export function failureText(error: unknown): string {
  if (error instanceof ApiError) return textOfCode(error.code) ?? error.message;
  if (!(error instanceof Offline)) return m.shell.failed;
  if (error.why === 'timeout') return m.ui.timedOut;
  return error.why === 'network' ? m.ui.offline : m.ui.unreadable;
}

/** What comes with a refusal of one code: as the contract says, which the server has kept to. */
export function detailsOf<T>(error: unknown, code: string): T | undefined {
  return error instanceof ApiError && error.code === code && error.details !== undefined ? (error.details as T) : undefined;
}

/** The conditions that a refusal names; empty when it names none. */
export function refusalsIn(error: unknown): Refusal[] {
  if (!(error instanceof ApiError) || !Array.isArray(error.details)) return [];
  return error.details.filter(isRefusal);
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'rule' in value && 'message' in value;
}

function textOfCode(code: string): string | undefined {
  const texts: Readonly<Record<string, string>> = words().errors;
  return Object.hasOwn(texts, code) ? texts[code] : undefined;
}
