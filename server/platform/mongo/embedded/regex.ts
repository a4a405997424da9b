import { badValue, CommandError, refuse } from './errors.ts';
import { BSONRegExp, type Maybe } from './model.ts';

/**
 * Compiles a PCRE pattern of MongoDB to a JavaScript one with the same meaning. Flags: i, m, s, x (u is always on).
 *
 * @throws CommandError 51091 for a broken pattern, 51108 for an unknown flag, 238 for what JavaScript cannot do the same way.
 */
export function compileRegex(pattern: string, options: string): RegExp {
  for (const flag of options) if (!'imsxu'.includes(flag)) throw new CommandError(51108, `invalid flag in regex options: ${flag}`);
  if (pattern.length > 32764) throw new CommandError(51091, 'Regular expression is too long');
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? '');
  const source = translate(pattern.slice(inline?.[0].length ?? 0), flags);
  try {
    return new RegExp(source, `u${flags.includes('i') ? 'i' : ''}`);
  } catch {
    throw new CommandError(51091, `Regular expression is invalid: ${pattern}`);
  }
}

/** An escape, a class, with flag x also a blank or a comment, else one character. */
const token = /\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|[^]/gu;
const extendedToken = new RegExp(`\\s+|#[^\\n]*|${token.source}`, 'gu');
const foreign = /^(?:\\(?:[AZzGKQEhHRXNCgovV]|x\{)|\(\?(?:[>#|&+RP\d-]|[imsx-]+[:)])|[*+?}]\+)/;
const space = ' \\t\\n\\v\\f\\r';

/** Rewrites what PCRE and JavaScript read differently: `.` `^` `$` `\s`, needless escapes, lone braces, and with flag x blanks and comments. */
function translate(pattern: string, flags: string): string {
  const isExtended = flags.includes('x');
  return pattern.replace(isExtended ? extendedToken : token, (found, at: number) => {
    if (found.length > 1 && found.startsWith('[')) return characterClass(found);
    if (foreign.test(pattern.slice(at, at + 8))) throw refuse(`regular expression syntax ${pattern.slice(at, at + 3)}`);
    if (found.startsWith('\\')) return escaped(found, false);
    if (isExtended && /^[\s#]/.test(found)) return '';
    if (found === '{') return /^\{\d+(?:,\d*)?\}/.test(pattern.slice(at)) ? '{' : '\\{';
    if (found === '}') return /\{\d+(?:,\d*)?$/.test(pattern.slice(0, at)) ? '}' : '\\}';
    return plain(found, flags);
  });
}

function characterClass(found: string): string {
  if (/\[[:.=]/.test(found.slice(1))) throw refuse(`regular expression syntax ${found}`);
  const [opening = ''] = /^\[\^?\]?/.exec(found) ?? []; // a bracket that comes first is a character
  const inner = found
    .slice(opening.length, -1)
    .replace(/\\[^]|[^]/gu, (part) => (part.length > 1 && part.startsWith('\\') ? escaped(part, true) : part.replace('[', '\\[')));
  return `${opening.replace(']', '\\]')}${inner}]`;
}

function escaped(found: string, inClass: boolean): string {
  const char = found.slice(1);
  if (char === 's') return inClass ? space : `[${space}]`;
  if (char === 'S' && !inClass) return `[^${space}]`;
  if (char === 'a') return '\\x07';
  if (char === 'e') return '\\x1b';
  return /[\w^$.*+?()[\]{}|/\\]/.test(char) && char !== '_' ? found : char.replace(/-/, inClass ? '\\-' : '-');
}

function plain(char: string, flags: string): string {
  const lines = flags.includes('m');
  if (char === '.') return flags.includes('s') ? '[^]' : '[^\\n]';
  if (char === '^') return lines ? '(?<![^\\n])' : '^';
  if (char === '$') return lines ? '(?![^\\n])' : '(?=\\n?$)';
  return char === ']' ? '\\]' : char;
}

/** The regular expression of a query, given as a value or as text. */
export function regexOf(regex: Maybe, options?: Maybe): RegExp {
  const { pattern, options: own } = partsOf(regex);
  if (typeof pattern !== 'string') throw badValue('$regex has to be a string');
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (own !== '' && options !== undefined) throw new CommandError(51075, 'options set in both $regex and $options');
  return compileRegex(pattern, options ?? own);
}

/** The text with which every match begins, for a pattern such as `^abc`; undefined when there is none to be sure of. */
export function regexPrefix(regex: Maybe, options?: Maybe): string | undefined {
  const { pattern, options: own } = partsOf(regex);
  if (typeof pattern !== 'string' || (options ?? own) !== '' || !pattern.startsWith('^') || pattern.includes('|')) return undefined;
  const text = /^(?:[^\\^$.*+?()[\]{}|]|\\[^a-zA-Z0-9])*/.exec(pattern.slice(1))?.[0] ?? '';
  const optional = /^[*?{]/.test(pattern.slice(1 + text.length)); // the last character may be absent
  const prefix = (optional ? text.replace(/\\?[^]$/u, '') : text).replace(/\\(.)/gsu, '$1');
  return prefix === '' ? undefined : prefix;
}

const partsOf = (regex: Maybe): { pattern: Maybe; options: string } =>
  regex instanceof BSONRegExp ? regex : { pattern: regex, options: '' };
