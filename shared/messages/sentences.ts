import type { Refusal } from '../errors.ts';
import type { Unmet } from '../dossiers/workflow.ts';
import type { Naming, RuleParam, Words } from './words.ts';

/** The sentence of a rule that is not met, in words that a clinician understands. `machineName` names a machine by its identifier. */
export function sentenceOf(unmet: Unmet, words: Words, machineName: (id: string) => string): string {
  const sentence = Object.hasOwn(words.rules, unmet.rule) ? words.rules[unmet.rule as keyof Words['rules']] : undefined; // known by hasOwn
  return sentence ? sentence(unmet.params ?? {}, naming(words, machineName)) : unmet.rule;
}

/** Puts unmet rules into words. */
export function inWords(unmet: readonly Unmet[], words: Words, machineName: (id: string) => string): Refusal[] {
  return unmet.map((one) => ({ ...one, message: sentenceOf(one, words, machineName) }));
}

function naming(words: Words, machineName: (id: string) => string): Naming {
  const look = (table: Readonly<Record<string, string>>, code: RuleParam) => table[String(code)] ?? String(code);
  const many = (table: Readonly<Record<string, string>>, codes: RuleParam, last: string) =>
    listed(
      (Array.isArray(codes) ? codes : []).map((code) => look(table, code)),
      last,
    );
  return {
    status: (code) => look(words.statuses, code),
    roles: (codes) => many(words.roles, codes, words.or).toLowerCase(),
    light: (code) => look(words.lights, code),
    machine: (id) => machineName(String(id)),
    checklist: (codes) => many(words.checklist, codes, words.and).toLowerCase(),
  };
}

function listed(names: string[], last: string): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1) ?? ''}`;
}
