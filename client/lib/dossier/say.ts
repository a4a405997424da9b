import type { Refusal } from '#shared/errors.ts';
import { sentenceOf } from '#shared/messages/sentences.ts';
import type { Role } from '#shared/roles.ts';
import { locale, words } from '../i18n/index.ts';

/** Roles in words, as `manipulateur ou secrétariat`. */
export function rolesText(roles: readonly Role[]): string {
  const names = roles.map((role) => words().roles[role].toLocaleLowerCase());
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${words().or} ${names.at(-1) ?? ''}`;
}

/** Who did something, in which role. */
export function personText(by: string, role: Role | null): string {
  return role === null ? by : `${by}, ${words().roles[role].toLocaleLowerCase()}`;
}

/** A condition in the reader's language: facts for everybody come in the site's. */
export function refusalText(refusal: Refusal, machineName: (id: string) => string): string {
  return Object.hasOwn(words().rules, refusal.rule) ? sentenceOf(refusal, words(), machineName) : refusal.message;
}

/** A figure as it is typed in the current language. */
export function figureText(): (value: number) => string {
  const comma = locale.current === 'fr';
  return (value) => (comma ? String(value).replace('.', ',') : String(value));
}
