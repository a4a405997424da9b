import { badValue, CommandError, refuse } from './errors.ts';
import { BSONRegExp } from './model.ts';
import type { Maybe } from './model.ts';

/**
 * Compiles a PCRE pattern of MongoDB to a JavaScript one with the same meaning. Flags: i, m, s, x (u is always on).
 *
 * @throws CommandError 51091 for a broken pattern, 51108 for an unknown flag, 238 for what JavaScript cannot do the same way.
 */
export function compileRegex(pattern: string, options: string, more = ''): RegExp {
  for (const flag of options) if (!'imsxu'.includes(flag)) throw new CommandError(51108, `invalid flag in regex options: ${flag}`);
  if (pattern.length > 32764) throw new CommandError(51091, 'Regular expression is too long');
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? '');
  const source = translate(pattern.slice(inline?.[0].length ?? 0), flags);
  const own = (flags.includes('i') ? 'i' : '') + more;
  try {
    return new RegExp(source, `${own}u`);
  } catch {
    return withoutUnicode(source, pattern, own);
  }
}

/** Unicode mode is stricter than PCRE about needless escapes such as `\-`. */
function withoutUnicode(source: string, pattern: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new CommandError(51091, `Regular expression is invalid: ${pattern}`);
  }
}

const foreign = /^(?:\\[AZzGKQEhHRXNC]|\(\?(?:[>#|&+RP\d-]|[imsx-]+\)|<[=!]?\?)|[*+?}]\+|\[\[:)/;
const space = ' \\t\\n\\v\\f\\r';

/** Rewrites what PCRE and JavaScript read differently: `.` `^` `$` `\s`, and with flag x blanks and comments. */
function translate(pattern: string, flags: string): string {
  let result = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (!inClass && foreign.test(pattern.slice(i, i + 4))) throw refuse(`regular expression syntax ${pattern.slice(i, i + 3)}`);
    if (char === '\\') {
      result += escaped(pattern[++i] ?? '\\', inClass);
    } else if (inClass) {
      inClass = char !== ']';
      result += char === '[' ? '\\[' : char;
    } else if (char === '[') {
      const opening = /^\[\^?\]?/.exec(pattern.slice(i))?.[0] ?? '['; // a bracket that comes first is a character
      i += opening.length - 1;
      result += opening.replace(']', '\\]');
      inClass = true;
    } else if (flags.includes('x') && /\s/.test(char)) {
      continue;
    } else if (flags.includes('x') && char === '#') {
      const end = pattern.indexOf('\n', i);
      i = end === -1 ? pattern.length : end;
    } else result += plain(char, flags);
  }
  return result;
}

function escaped(char: string, inClass: boolean): string {
  if (char === 's') return inClass ? space : `[${space}]`;
  if (char === 'S' && !inClass) return `[^${space}]`;
  if (char === 'a') return '\\x07';
  if (char === 'e') return '\\x1b';
  return `\\${char}`;
}

function plain(char: string, flags: string): string {
  const lines = flags.includes('m');
  if (char === '.') return flags.includes('s') ? '[^]' : '[^\\n]';
  if (char === '^') return lines ? '(?<![^\\n])' : '^';
  if (char === '$') return lines ? '(?![^\\n])' : '(?=\\n?$)';
  return char;
}

/** The pattern and flags of a query's regular expression, given as a value or as text. */
export function regexOf(regex: Maybe, options: Maybe): RegExp {
  const own = regex instanceof BSONRegExp ? regex.options : '';
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (regex instanceof BSONRegExp) return compileRegex(regex.pattern, options ?? own);
  if (typeof regex === 'string') return compileRegex(regex, options ?? '');
  throw badValue('$regex has to be a string');
}

/** The text with which every match begins, for a pattern such as `^abc`; undefined when there is none to be sure of. */
export function regexPrefix(regex: Maybe, options: Maybe): string | undefined {
  const pattern = regex instanceof BSONRegExp ? regex.pattern : regex;
  const flags = options ?? (regex instanceof BSONRegExp ? regex.options : '');
  if (typeof pattern !== 'string' || flags !== '' || !pattern.startsWith('^') || pattern.includes('|')) return undefined;
  const text = /^(?:[^\\^$.*+?()[\]{}|]|\\[^a-zA-Z0-9])*/.exec(pattern.slice(1))?.[0] ?? '';
  const optional = /^[*?{]/.test(pattern.slice(1 + text.length)); // the last character may be absent
  const prefix = (optional ? text.replace(/\\?[^]$/u, '') : text).replace(/\\(.)/gsu, '$1');
  return prefix === '' ? undefined : prefix;
}
