import { RE2JS } from 're2js';
import { typesOfModules, type ClassifyRules, type NameMatch } from '#shared/qa/classify.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import { TYPES_IN_ORDER } from '#shared/qa/controls.ts';

type Rules = QaConfig['rules'];
type Test = (name: string) => boolean;

/** What is wrong with a name rule. `empty`: it matches the empty text, and with it nearly every name. */
export interface PatternFault {
  readonly rule: keyof Rules;
  readonly fault: 'invalid' | 'empty';
  readonly detail: string;
}

/** Names remembered; then all are forgotten and asked anew. */
const MOST_NAMES = 20_000;
/** Longer names are not remembered: 20,000 of 4,000 characters would be 160 MB. */
const LONGEST_REMEMBERED = 200;
/** Each choice may double the ways to try: with this many, a name of 4,000 characters costs some milliseconds at the most. */
const MOST_CHOICES = 8;

/** Letters, digits, spaces, classes of them, groups, alternatives and `?`: nothing repeats, nothing looks elsewhere. */
const PLAIN = /^(?:[\p{L}\p{N} -]|\[[\p{L}\p{N}]+\]|\((?!\?)|\)|\||\?(?!\?))*$/u;

/**
 * The rules of a configuration, ready to use: on the NFC form, case-insensitive, between Unicode word edges (JavaScript's `\b` fails beside "à", and a deleted
 * control would count as done). Every answer takes time linear in the length of the name, whatever the patterns. Make it once per configuration: it
 * remembers names.
 *
 * @throws Error when a pattern does not compile; ask `patternFaults` first.
 */
export function compileRules({ modules, rules }: Pick<QaConfig, 'modules' | 'rules'>): ClassifyRules {
  const excluded = testOf(rules.exclusion);
  const tests = TYPES_IN_ORDER.map((type) => [type, testOf(rules[type])] as const);
  const known = new Map<string, NameMatch>();
  const combine = sharedMatches();
  const look = (name: string): NameMatch => {
    const text = name.normalize('NFC');
    return combine(
      excluded(text),
      tests.flatMap(([type, test]) => (test(text) ? [type] : [])),
    );
  };
  // A pattern without a digit cannot tell one digit from another: names that differ by their date only are one name.
  const digitsAlike = !Object.values(rules).some((rule) => /\d/.test(rule));
  const match = (name: string): NameMatch => {
    if (name.length > LONGEST_REMEMBERED) return look(name);
    const key = digitsAlike ? name.replace(/\d/g, '0') : name;
    const before = known.get(key);
    if (before) return before;
    if (known.size >= MOST_NAMES) known.clear();
    const found = look(key);
    known.set(key, found);
    return found;
  };
  return { typeOfModule: typesOfModules(modules), match };
}

/** Every fault of the name rules. */
export function patternFaults(rules: Rules): PatternFault[] {
  const names: readonly (keyof Rules)[] = ['exclusion', ...TYPES_IN_ORDER];
  return names.flatMap((rule): PatternFault[] => {
    const pattern = rules[rule].normalize('NFC');
    if (pattern === '') return [];
    try {
      // By itself first: `a)|(b` would compile between our edges and mean something else.
      if (RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).matches('')) return [{ rule, fault: 'empty', detail: pattern }];
      linear(pattern);
      return [];
    } catch (error) {
      return [{ rule, fault: 'invalid', detail: error instanceof Error ? error.message : String(error) }];
    }
  });
}

/** Whether a pattern is found in a name between word edges. The name must be in NFC. */
export function testOf(rule: string): Test {
  const pattern = rule.normalize('NFC');
  if (pattern === '') return () => false;
  return isPlain(pattern) ? native(pattern) : linear(pattern);
}

/**
 * Whether JavaScript's own engine, some twenty times faster, may be used: the pattern is made of pieces that both engines read alike, and nothing in it
 * repeats, so that at one place of a name there are at most as many ways to try as two to the number of its choices. Everything else goes to RE2, which never
 * tries twice.
 */
export function isPlain(pattern: string): boolean {
  return PLAIN.test(pattern) && choicesOf(pattern) <= MOST_CHOICES;
}

/** The most `?` and inner alternatives of an outermost alternative; those outside all groups are tried one after the other, and add up. */
function choicesOf(pattern: string): number {
  let most = 0;
  let choices = 0;
  let depth = 0;
  for (const letter of pattern) {
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    else if (letter === '|' && depth === 0) choices = 0;
    else if (letter === '|' || letter === '?') choices += 1;
    most = Math.max(most, choices);
  }
  return most;
}

/** By JavaScript's engine, as the page writes it. */
export function native(pattern: string): Test {
  const expression = new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');
  return (name) => expression.test(name);
}

/** By RE2, in linear time. It has no look-around: the edges are taken into the match instead, which for a mere yes or no is the same. */
export function linear(pattern: string): Test {
  const expression = RE2JS.compile(`(?:^|[^\\p{L}\\p{N}])(?:${pattern})(?:[^\\p{L}\\p{N}]|$)`, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
  return (name) => expression.matcher(name).find();
}

/** The 32 possible answers, each made once. */
function sharedMatches(): (excluded: boolean, types: NameMatch['types']) => NameMatch {
  const made = new Map<string, NameMatch>();
  return (excluded, types) => {
    const key = `${excluded} ${types.join()}`;
    const match = made.get(key) ?? { excluded, types };
    made.set(key, match);
    return match;
  };
}
