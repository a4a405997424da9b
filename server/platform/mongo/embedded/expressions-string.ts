import { CommandError } from './errors.ts';
import { compile, inTurn, isNullish, many, newEnv, on, onParts, partsOf, strict, textOf, wholeOf } from './expression.ts';
import type { Env, Evaluate, Operators, Scope } from './expression.ts';
import { BSONRegExp, Int32, isNumber, toInteger, typeName, type Doc, type Maybe, type Value } from './model.ts';
import { compileRegex } from './regex.ts';
import { numberText } from './numbers.ts';

const blanks = '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

/** The operators on strings. Positions count code points, never UTF-16 units. */
export const strings: Operators = {
  $concat: on(0, many, (values, name) => inTurn(values, (value) => textOf(value, 16702, name))?.join('') ?? null),
  $toUpper: on(1, 1, ([value]) => coerced(value).replace(/[a-z]/g, (letter) => letter.toUpperCase())), // only ASCII letters change, as in MongoDB
  $toLower: on(1, 1, ([value]) => coerced(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
  $substrCP: on(3, 3, ([value, start, length], name) => {
    const text = coerced(value);
    const [from, count] = [wholeOf(start, 34450, name), wholeOf(length, 34452, name)];
    if (from < 0) throw new CommandError(34455, '$substrCP: the starting index must be nonnegative integer.');
    if (count < 0) throw new CommandError(34454, '$substrCP: length must be a nonnegative integer.');
    return [...text].slice(from, from + count).join('');
  }),
  $strLenCP: on(1, 1, ([value], name) => new Int32([...textOf(value, 34471, name)].length)),
  $split: strict(2, 2, ([value, separator], name) => {
    const [text, at] = [textOf(value, 40085, name), textOf(separator, 40086, name)];
    if (at === '') throw new CommandError(40087, '$split requires a non-empty separator');
    return text.split(at);
  }),
  $trim: onParts([50696, 50694], { input: 50695, chars: blanks }, ([input, chars], name) => {
    const text = [...textOf(input, 50699, name)];
    const cut = new Set(textOf(chars, 50700, name));
    const start = text.findIndex((character) => !cut.has(character));
    return start === -1 ? '' : text.slice(start, text.findLastIndex((character) => !cut.has(character)) + 1).join('');
  }),
  $indexOfCP: on(2, 4, indexOf),
  $regexMatch: regexMatch,
  $replaceAll: onParts([51751, 51750], { input: 51749, find: 51748, replacement: 51747 }, ([input, find, replacement], name) => {
    const replaced = textOf(replacement, 51744, name);
    return textOf(input, 51746, name).replaceAll(textOf(find, 51745, name), () => replaced);
  }),
};

/** What MongoDB takes for a string where it needs one: null is empty, numbers and dates are written out. */
function coerced(value: Maybe): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNumber(value)) return numberText(value);
  if (value instanceof Date) return value.toISOString();
  throw new CommandError(16007, `can't convert from BSON type ${typeName(value)} to String`);
}

function indexOf(values: readonly Maybe[], name: string): Value {
  const [input, wanted, start, end] = values;
  if (isNullish(input)) return null;
  const [text, part] = [[...textOf(input, 40093, name)], [...textOf(wanted, 40094, name)]];
  const from = values.length > 2 ? position(start) : 0;
  const to = Math.min(values.length > 3 ? position(end) : text.length, text.length);
  for (let i = from; i + part.length <= to; i++) if (part.every((unit, k) => text[i + k] === unit)) return new Int32(i);
  return new Int32(-1);
}

function position(value: Maybe): number {
  const n = toInteger(value);
  if (n === undefined) throw new CommandError(40096, 'a starting or ending index must be a whole number');
  if (n < 0) throw new CommandError(40097, 'a starting or ending index must be nonnegative');
  return n;
}

/** A pattern that is written in the command is compiled once, and refused before any document. */
function regexMatch(argument: Value, scope: Scope, name: string): Evaluate {
  const given = partsOf(argument, name, [51103, 31024], { input: 31022, regex: 31023, options: null });
  const [input, pattern, options] = given.map((part) => compile(part, scope));
  const read = (doc: Doc, env: Env): RegExp | undefined => regexFrom(pattern?.(doc, env), options?.(doc, env));
  const isWritten = given.slice(1).every((part) => !(part instanceof Map || (typeof part === 'string' && part.startsWith('$'))));
  const written = isWritten ? read(new Map(), newEnv(new Date(0))) : undefined;
  return (doc, env) => {
    const text = input?.(doc, env);
    const regex = isWritten ? written : read(doc, env);
    return !isNullish(text) && regex !== undefined && regex.test(textOf(text, 51104, name));
  };
}

function regexFrom(regex: Maybe, options: Maybe): RegExp | undefined {
  if (isNullish(regex)) return undefined;
  const flags = isNullish(options) ? '' : textOf(options, 51106, "'options'");
  const own = regex instanceof BSONRegExp ? regex.options : '';
  if (flags !== '' && own !== '') throw new CommandError(51107, "found regex option(s) specified in both 'regex' and 'option' fields");
  try {
    return compileRegex(regex instanceof BSONRegExp ? regex.pattern : textOf(regex, 51105, "'regex'"), flags === '' ? own : flags);
  } catch (error) {
    if (error instanceof CommandError && error.code === 51091) throw new CommandError(51111, error.message); // a number of its own in an expression
    throw error;
  }
}
