import { dayMs, dayNumber, dayOfYear, fromLocal, isoDayNumber, isoWeek, partsOf, sundayWeek, weekDay, zoneOf } from './calendar.ts';
import type { Zone } from './calendar.ts';
import { formatDate, parseDate } from './date-format.ts';
import { addUnits, countUnits, truncate, units } from './date-units.ts';
import type { Unit } from './date-units.ts';
import { CommandError } from './errors.ts';
import { compile, isNullish, named, rawParts } from './expression.ts';
import type { Env, Evaluate, Named, Operator } from './expression.ts';
import { Int32, Long, ObjectId, Timestamp, toInteger, typeName } from './model.ts';
import type { Doc, Maybe, Value } from './model.ts';

/** The operators on dates. Every one takes a time zone: an Olson name or an offset. */
export const dates: Readonly<Record<string, Operator>> = {
  $year: part((local) => partsOf(local).year),
  $month: part((local) => partsOf(local).month),
  $dayOfMonth: part((local) => partsOf(local).day),
  $hour: part((local) => partsOf(local).hour),
  $minute: part((local) => partsOf(local).minute),
  $second: part((local) => partsOf(local).second),
  $millisecond: part((local) => partsOf(local).millisecond),
  $dayOfWeek: part(weekDay),
  $dayOfYear: part(dayOfYear),
  $week: part(sundayWeek),
  $isoWeek: part((local) => isoWeek(local).week),
  $isoDayOfWeek: part((local) => isoWeek(local).day),
  $isoWeekYear: part(
    (local) => isoWeek(local).year,
    (n) => Long.fromNumber(n),
  ),
  $dateToString: dateToString,
  $dateFromString: dateFromString,
  $dateToParts: dateToParts,
  $dateFromParts: dateFromParts,
  $dateTrunc: (argument, scope, name) => {
    const codes = { form: 5439007, unknown: 5439008, missing: { date: 5439009, unit: 5439010 } };
    const get = named(argument, scope, name, ['date', 'unit', '?binSize', '?timezone', '?startOfWeek'], codes);
    return (doc, env) => {
      const args = dateArgs(get, doc, env, { date: 'date', dateCode: 5439012, unitCode: 5439014 });
      const size = get('binSize')(doc, env);
      if (args === null || size === null) return null;
      const bin = size === undefined ? 1 : toInteger(size);
      if (bin === undefined || bin <= 0)
        throw new CommandError(bin === undefined ? 5439017 : 5439018, "$dateTrunc requires 'binSize' to be a positive 64-bit integer");
      return instant(truncate(args.ms, args.unit, bin, args.zone, args.firstDay));
    };
  },
  $dateAdd: moved(1),
  $dateSubtract: moved(-1),
  $dateDiff: (argument, scope, name) => {
    const codes = { form: 5166301, unknown: 5166302, missing: { startDate: 5166303, endDate: 5166304, unit: 5166305 } };
    const get = named(argument, scope, name, ['startDate', 'endDate', 'unit', '?timezone', '?startOfWeek'], codes);
    return (doc, env) => {
      const args = dateArgs(get, doc, env, { date: 'startDate', dateCode: 5166307, unitCode: 5166306 });
      const end = get('endDate')(doc, env);
      if (args === null || isNullish(end)) return null;
      return Long.fromNumber(countUnits(args.ms, millis(end, 5166307), args.unit, args.zone, args.firstDay));
    };
  },
};

/** The milliseconds of a date, an ObjectId or a timestamp. */
function millis(value: Value, code: number): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof ObjectId) return value.getTimestamp().getTime();
  if (value instanceof Timestamp) return value.t * 1000;
  throw new CommandError(code, `can't convert from BSON type ${typeName(value)} to Date`);
}

function instant(ms: number): Date {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw new CommandError(5166406, 'date overflow');
  return date;
}

/** The zone an argument names; null makes the result null, missing means UTC. */
function zoneFrom(value: Maybe): Zone | null {
  if (value === undefined) return zoneOf('UTC');
  if (value === null) return null;
  if (typeof value !== 'string') throw new CommandError(40517, `timezone must evaluate to a string, found ${typeName(value)}`);
  return zoneOf(value);
}

/** `$year: date` or `$year: { date, timezone }`. */
function part(read: (localMs: number) => number, wrap: (n: number) => Value = (n) => new Int32(n)): Operator {
  return (argument, scope, name) => {
    const long = argument instanceof Map && ![...argument.keys()].some((key) => key.startsWith('$'));
    const get: Named = long
      ? named(argument, scope, name, ['date', '?timezone'], { unknown: 40535, missing: 40539 })
      : plainDate(argument, scope, name);
    const hasZone = long && argument.has('timezone');
    return (doc, env) => {
      const date = get('date')(doc, env);
      const zone = hasZone ? zoneFrom(get('timezone')(doc, env) ?? null) : zoneFrom(undefined);
      if (isNullish(date) || zone === null) return null;
      const ms = millis(date, 16006);
      return wrap(read(ms + zone(ms)));
    };
  };
}

function plainDate(argument: Value, scope: Parameters<Operator>[1], name: string): Named {
  const [only, ...more] = Array.isArray(argument) ? argument : [argument];
  if (only === undefined || more.length > 0) throw new CommandError(40536, `${name} accepts exactly one argument if given an array`);
  const date = compile(only, scope);
  return () => date;
}

interface DateArgs {
  readonly ms: number;
  readonly unit: Unit;
  readonly zone: Zone;
  readonly firstDay: number;
}

/** Date, unit, time zone and first day of the week of an operator; null when one of them is. */
function dateArgs(get: Named, doc: Doc, env: Env, names: { date: string; dateCode: number; unitCode: number }): DateArgs | null {
  const date = get(names.date)(doc, env);
  const unit = get('unit')(doc, env);
  const zone = zoneFrom(get('timezone')(doc, env));
  const start = get('startOfWeek')(doc, env);
  if (isNullish(date) || isNullish(unit) || zone === null || start === null) return null;
  const known = units.find((name) => name === unit);
  if (known === undefined)
    throw new CommandError(
      typeof unit === 'string' ? 9 : names.unitCode,
      `unknown time unit value: ${typeof unit === 'string' ? unit : typeName(unit)}`,
    );
  return { ms: millis(date, names.dateCode), unit: known, zone, firstDay: start === undefined ? 1 : dayNamed(start) };
}

const weekDays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function dayNamed(value: Value): number {
  if (typeof value !== 'string') throw new CommandError(5439015, `startOfWeek must be a string, found ${typeName(value)}`);
  const wanted = value.toLowerCase();
  const index = weekDays.findIndex((day) => day === wanted || day.slice(0, 3) === wanted);
  if (index === -1) throw new CommandError(9, `unknown day of week value: ${value}`);
  return index + 1;
}

function moved(sign: 1 | -1): Operator {
  return (argument, scope, name) => {
    const get = named(argument, scope, name, ['startDate', 'unit', 'amount', '?timezone'], {
      form: 5166400,
      unknown: 5166401,
      missing: 5166402,
    });
    return (doc, env) => {
      const args = dateArgs(get, doc, env, { date: 'startDate', dateCode: 5166403, unitCode: 5166404 });
      const amount = get('amount')(doc, env);
      if (args === null || isNullish(amount)) return null;
      const count = toInteger(amount);
      if (count === undefined) throw new CommandError(5166405, `${name} expects integer amount of time units`);
      return instant(addUnits(args.ms, args.unit, sign * count, args.zone));
    };
  };
}

function dateToString(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const get = named(argument, scope, name, ['date', '?format', '?timezone', '?onNull'], { form: 18629, unknown: 18534, missing: 18628 });
  const format = argument instanceof Map ? argument.get('format') : undefined;
  if (typeof format === 'string' && !format.startsWith('$')) formatDate(0, zoneOf('UTC'), format); // a wrong format fails before any document
  return (doc, env) => {
    const date = get('date')(doc, env);
    if (isNullish(date)) return argument instanceof Map && argument.has('onNull') ? get('onNull')(doc, env) : null;
    const zone = zoneFrom(get('timezone')(doc, env));
    const pattern = get('format')(doc, env);
    if (zone === null || pattern === null) return null;
    const isUtc = get('timezone')(doc, env) === undefined || get('timezone')(doc, env) === 'UTC';
    if (pattern !== undefined && typeof pattern !== 'string')
      throw new CommandError(18533, "$dateToString requires that 'format' be a string");
    return formatDate(millis(date, 16006), zone, pattern ?? (isUtc ? '%Y-%m-%dT%H:%M:%S.%LZ' : '%Y-%m-%dT%H:%M:%S.%L'));
  };
}

function dateFromString(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const get = named(argument, scope, name, ['dateString', '?format', '?timezone', '?onError', '?onNull'], {
    form: 40540,
    unknown: 40541,
    missing: 40542,
  });
  const hasOnError = argument instanceof Map && argument.has('onError');
  const hasOnNull = argument instanceof Map && argument.has('onNull');
  return (doc, env) => {
    const text = get('dateString')(doc, env);
    if (isNullish(text)) return hasOnNull ? get('onNull')(doc, env) : null;
    const zone = zoneFrom(get('timezone')(doc, env));
    const format = get('format')(doc, env);
    if (zone === null || format === null) return null;
    try {
      if (typeof text !== 'string')
        throw new CommandError(241, `$dateFromString requires that 'dateString' be a string, found: ${typeName(text)}`);
      return parseDate(text, zone, typeof format === 'string' ? format : undefined, get('timezone')(doc, env) !== undefined);
    } catch (error) {
      if (hasOnError && error instanceof CommandError && error.code === 241) return get('onError')(doc, env);
      throw error;
    }
  };
}

function dateToParts(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const get = named(argument, scope, name, ['date', '?timezone', '?iso8601'], { form: 40524, unknown: 40520, missing: 40522 });
  return (doc, env) => {
    const date = get('date')(doc, env);
    const zone = zoneFrom(get('timezone')(doc, env));
    const iso = get('iso8601')(doc, env);
    if (isNullish(date) || zone === null || iso === null) return null;
    if (iso !== undefined && typeof iso !== 'boolean') throw new CommandError(40521, 'iso8601 must evaluate to a bool');
    const ms = millis(date, 16006);
    const { year, month, day, ...time } = partsOf(ms + zone(ms));
    const week = isoWeek(ms + zone(ms));
    const days: Record<string, number> =
      iso === true ? { isoWeekYear: week.year, isoWeek: week.week, isoDayOfWeek: week.day } : { year, month, day };
    return new Map(Object.entries({ ...days, ...time }).map(([key, n]) => [key, new Int32(n)]));
  };
}

const timeParts = ['hour', 'minute', 'second', 'millisecond'];

function dateFromParts(...[argument, scope, name]: Parameters<Operator>): Evaluate {
  const optional = ['year', 'month', 'day', 'isoWeekYear', 'isoWeek', 'isoDayOfWeek', ...timeParts, 'timezone'].map((key) => `?${key}`);
  const all = rawParts(argument, name, optional, { form: 40519, unknown: 40518 });
  const isIso = all.has('isoWeekYear');
  const [own, other] = isIso ? [isoParts, naturalParts] : [naturalParts, isoParts];
  if (other.some((key) => all.has(key)))
    throw new CommandError(isIso ? 40489 : 40525, `${name} does not allow mixing natural dates with ISO dates`);
  if (!all.has(own[0] ?? '')) throw new CommandError(40516, `${name} requires either 'year' or 'isoWeekYear' to be present`);
  const get = named(argument, scope, name, optional);
  return (doc, env) => {
    const zone = zoneFrom(all.has('timezone') ? (get('timezone')(doc, env) ?? null) : undefined);
    const numbers = [...own, ...timeParts].map((key, i) => (all.has(key) ? wholePart(get(key)(doc, env), key) : Number(i < 3)));
    if (zone === null || numbers.includes(null)) return null;
    return instant(fromLocal(localOf(numbers.map(Number), isIso), zone));
  };
}

const naturalParts = ['year', 'month', 'day'];
const isoParts = ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'];

/** Year, month and day (or year, week and day), then the time; parts may overflow into the next. */
function localOf(numbers: readonly number[], isIso: boolean): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = numbers;
  if (year < 1 || year > 9999)
    throw new CommandError(isIso ? 31095 : 40523, `'year' must evaluate to an integer in the range 1 to 9999, found ${year}`);
  const days = isIso ? isoDayNumber(year, month, day) : dayNumber(year, month, day);
  return days * dayMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond;
}

function wholePart(value: Maybe, name: string): number | null {
  if (isNullish(value)) return null;
  const n = toInteger(value);
  if (n === undefined) throw new CommandError(40515, `'${name}' must evaluate to an integer`);
  return n;
}
