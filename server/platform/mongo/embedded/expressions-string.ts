import { compareStrings } from './compare.ts';
import { CommandError } from './errors.ts';
import { binary, compile, isNullish, named, several, unary } from './expression.ts';
import type { Env, Evaluate, Operator, Scope } from './expression.ts';
import { BSONRegExp, Int32, isNumber, toInteger, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';
import { compileRegex } from './regex.ts';
import { numberText } from './numbers.ts';

/** The operators on strings. Positions count code points or UTF-8 bytes, never UTF-16 units. */
export const strings: Readonly<Record<string, Operator>> = {
  $concat: several(0, Number.MAX_SAFE_INTEGER, (values) => {
    const texts = values.map((value) => (isNullish(value) ? null : text(value, 16702, '$concat only supports strings')));
    return texts.includes(null) ? null : texts.join('');
  }),
  $toUpper: unary((value) => upper(coerced(value))),
  $toLower: unary((value) => coerced(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
  $substr: several(3, 3, bytesOf),
  $substrBytes: several(3, 3, bytesOf),
  $substrCP: several(3, 3, charactersOf),
  $strLenCP: unary((value) => new Int32([...text(value, 34471, '$strLenCP requires a string argument')].length)),
  $strLenBytes: unary((value) => new Int32(Buffer.byteLength(text(value, 34473, '$strLenBytes requires a string argument')))),
  $strcasecmp: binary((a, b) => new Int32(Math.sign(compareStrings(upper(coerced(a)), upper(coerced(b)))))),
  $split: binary(split),
  $trim: trimming(true, true),
  $ltrim: trimming(true, false),
  $rtrim: trimming(false, true),
  $indexOfCP: several(2, 4, (values) => indexOf(values, (value) => [...value], [40093, 40094])),
  $indexOfBytes: several(2, 4, (values) =>
    indexOf(values, (value) => Array.from(Buffer.from(value), (byte) => String.fromCharCode(byte)), [40091, 40092]),
  ),
  $regexMatch: searching((regex, input) => regex.test(input), false),
  $regexFind: searching((regex, input) => found(regex.exec(input), input), null),
  $regexFindAll: searching(
    (regex, input) => [...input.matchAll(new RegExp(regex, `${regex.flags}g`))].map((match) => found(match, input)),
    [],
  ),
  $replaceOne: replacing((input, find, replacement) => input.replace(find, () => replacement)),
  $replaceAll: replacing((input, find, replacement) => input.replaceAll(find, () => replacement)),
};

function text(value: Maybe, code: number, message: string): string {
  if (typeof value !== 'string') throw new CommandError(code, `${message}, not ${typeName(value)}`);
  return value;
}

/** Only ASCII letters change, as in MongoDB. */
const upper = (value: string): string => value.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/** What MongoDB takes for a string where it needs one: null is empty, numbers and dates are written out. */
function coerced(value: Maybe): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNumber(value)) return numberText(value);
  if (value instanceof Date) return value.toISOString();
  throw new CommandError(16007, `can't convert from BSON type ${typeName(value)} to String`);
}

function whole(value: Maybe, code: number, message: string): number {
  const n = toInteger(value);
  if (n === undefined) throw new CommandError(code, message);
  return n;
}

function charactersOf([value, start, length]: readonly Maybe[]): Value {
  const from = whole(start, 34450, '$substrCP: starting index must be a whole number');
  const count = whole(length, 34452, '$substrCP: length must be a whole number');
  if (from < 0) throw new CommandError(34455, '$substrCP: the starting index must be nonnegative integer.');
  if (count < 0) throw new CommandError(34454, '$substrCP: length must be a nonnegative integer.');
  return [...coerced(value)].slice(from, from + count).join('');
}

function bytesOf([value, start, length]: readonly Maybe[]): Value {
  const bytes = Buffer.from(coerced(value));
  const from = whole(start, 16034, '$substrBytes: starting index must be a number');
  const count = whole(length, 16035, '$substrBytes: length must be a number');
  if (from < 0) throw new CommandError(50752, '$substrBytes: starting index must be non-negative');
  const end = count < 0 ? bytes.length : Math.min(from + count, bytes.length);
  if (insideCharacter(bytes[from]))
    throw new CommandError(28656, '$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.');
  if (insideCharacter(bytes[end]))
    throw new CommandError(28657, '$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.');
  return bytes.toString('utf8', Math.min(from, bytes.length), end);
}

const insideCharacter = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function split(value: Maybe, separator: Maybe): Value {
  if (isNullish(value) || isNullish(separator)) return null;
  const input = text(value, 40085, '$split requires an expression that evaluates to a string as a first argument');
  const at = text(separator, 40086, '$split requires an expression that evaluates to a string as a second argument');
  if (at === '') throw new CommandError(40087, '$split requires a non-empty separator');
  return input.split(at);
}

const blanks = '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

function trimming(left: boolean, right: boolean): Operator {
  return (argument, scope, name) => {
    const part = named(argument, scope, name, ['input', '?chars'], { form: 50696, unknown: 50694, missing: 50695 });
    const hasChars = argument instanceof Map && argument.has('chars');
    return (doc, env) => {
      const input = part('input')(doc, env);
      const chars = hasChars ? part('chars')(doc, env) : blanks;
      if (isNullish(input) || isNullish(chars)) return null;
      const characters = [...text(input, 50699, `${name} requires its input to be a string`)];
      const cut = new Set(text(chars, 50700, `${name} requires 'chars' to be a string`));
      const start = left ? characters.findIndex((character) => !cut.has(character)) : 0;
      const end = right ? characters.findLastIndex((character) => !cut.has(character)) + 1 : characters.length;
      return start === -1 ? '' : characters.slice(start, end).join('');
    };
  };
}

function indexOf(values: readonly Maybe[], units: (text: string) => string[], codes: readonly [number, number]): Value {
  const [input, wanted, start, end] = values;
  if (isNullish(input)) return null;
  const where = units(text(input, codes[0], 'the first argument must be a string'));
  const what = units(text(wanted, codes[1], 'the second argument must be a string'));
  const from = values.length > 2 ? position(start) : 0;
  const to = Math.min(values.length > 3 ? position(end) : where.length, where.length);
  for (let i = from; i + what.length <= to; i++) if (what.every((unit, k) => where[i + k] === unit)) return new Int32(i);
  return new Int32(-1);
}

function position(value: Maybe): number {
  const n = whole(value, 40096, 'a starting or ending index must be a whole number');
  if (n < 0) throw new CommandError(40097, 'a starting or ending index must be nonnegative');
  return n;
}

function searching(search: (regex: RegExp, input: string) => Value, none: Value): Operator {
  return (argument, scope, name) => {
    const part = named(argument, scope, name, ['input', 'regex', '?options'], {
      form: 51103,
      unknown: 31024,
      missing: { input: 31022, regex: 31023 },
    });
    const regexFor = regexCompiler(part, argument, scope);
    return (doc, env) => {
      const input = part('input')(doc, env);
      const regex = regexFor(doc, env);
      if (isNullish(input) || regex === undefined) return none;
      return search(regex, text(input, 51104, `${name} needs 'input' to be of type string`));
    };
  };
}

/** A pattern that is written in the command is compiled once. */
function regexCompiler(part: (name: string) => Evaluate, argument: Value, scope: Scope): (doc: Doc, env: Env) => RegExp | undefined {
  const [pattern, options] = argument instanceof Map ? [argument.get('regex'), argument.get('options')] : [];
  const constant = (value: Maybe): boolean =>
    value === undefined || value instanceof BSONRegExp || (typeof value === 'string' && !value.startsWith('$'));
  if (!constant(pattern) || !constant(options)) return (doc, env) => regexFrom(part('regex')(doc, env), part('options')(doc, env));
  const env: Env = { now: new Date(0), slots: [] };
  const regex = regexFrom(compile(pattern ?? null, scope)(new Map(), env), options);
  return () => regex;
}

function regexFrom(regex: Maybe, options: Maybe): RegExp | undefined {
  if (isNullish(regex)) return undefined;
  const flags = isNullish(options) ? '' : text(options, 51106, "'options' must be a string");
  if (typeof regex === 'string') return compiled(regex, flags);
  if (!(regex instanceof BSONRegExp)) throw new CommandError(51105, "'regex' must be a string or a regex");
  if (flags !== '' && regex.options !== '')
    throw new CommandError(51107, "found regex option(s) specified in both 'regex' and 'option' fields");
  return compiled(regex.pattern, flags === '' ? regex.options : flags);
}

/** The same error has a number of its own in an expression. */
function compiled(pattern: string, flags: string): RegExp {
  try {
    return compileRegex(pattern, flags);
  } catch (error) {
    if (error instanceof CommandError && error.code === 51091) throw new CommandError(51111, error.message);
    throw error;
  }
}

function found(match: RegExpExecArray | null, input: string): Value {
  if (match === null) return null;
  const captures = match.slice(1).map((capture: string | undefined) => capture ?? null);
  return new Map<string, Value>([
    ['match', match[0]],
    ['idx', new Int32([...input.slice(0, match.index)].length)],
    ['captures', captures],
  ]);
}

function replacing(replace: (input: string, find: string, replacement: string) => string): Operator {
  return (argument, scope, name) => {
    const codes = { form: 51751, unknown: 51750, missing: { input: 51749, find: 51748, replacement: 51747 } };
    const part = named(argument, scope, name, ['input', 'find', 'replacement'], codes);
    const all = [
      ['input', 51746],
      ['find', 51745],
      ['replacement', 51744],
    ] as const;
    return (doc, env) => {
      const values = all.map(([field, code]) => {
        const value = part(field)(doc, env);
        return isNullish(value) ? null : text(value, code, `${name} requires that '${field}' be a string`);
      });
      const [input, find, replacement] = values;
      return isNullish(input) || isNullish(find) || isNullish(replacement) ? null : replace(input, find, replacement);
    };
  };
}
