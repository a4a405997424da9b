import { dateParts, formatDate, utc, zoneOf, type Zone } from './calendar.ts';
import { addUnits, countUnits, truncate, units, type Unit } from './date-units.ts';
import { CommandError } from './errors.ts';
import { compile, isNullish, onParts, partsOf, textOf, type Evaluate, type Operator, type Operators, type Scope } from './expression.ts';
import { entryOf, Int32, Long, ObjectId, Timestamp, toInteger, typeName, type Maybe, type Value } from './model.ts';

/** The operators on dates. Every one takes a time zone: an Olson name or an offset. */
export const dates: Operators = {
  ...Object.fromEntries(Object.entries(dateParts).map(([name, read]) => [name, partOperator(read)])),
  $dateToString: dateToString,
  $dateTrunc: onParts(
    [5439007, 5439008],
    { date: 5439009, unit: 5439010, binSize: new Int32(1), timezone: 'UTC', startOfWeek: 'sunday' },
    ([date, unit, binSize, timezone, startOfWeek]) => {
      const [ms, length, zone, firstDay] = [millis(date, 5439012), unitOf(unit, 5439014), zoneFrom(timezone), dayNamed(startOfWeek)];
      const bins = toInteger(binSize);
      if (bins === undefined || bins <= 0)
        throw new CommandError(bins === undefined ? 5439017 : 5439018, "$dateTrunc requires 'binSize' to be a positive 64-bit integer");
      return instant(truncate(ms, length, bins, zone, firstDay));
    },
  ),
  $dateAdd: moved(1),
  $dateSubtract: moved(-1),
  $dateDiff: onParts(
    [5166301, 5166302],
    { startDate: 5166303, endDate: 5166304, unit: 5166305, timezone: 'UTC', startOfWeek: 'sunday' },
    ([start, end, unit, timezone, startOfWeek]) => {
      const [from, to] = [millis(start, 5166307), millis(end, 5166307)];
      return Long.fromNumber(countUnits(from, to, unitOf(unit, 5166306), zoneFrom(timezone), dayNamed(startOfWeek)));
    },
  ),
};

/** The milliseconds of a date, an ObjectId or a timestamp. */
function millis(value: Maybe, code: number): number {
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

const zoneFrom = (value: Maybe): Zone => zoneOf(textOf(value, 40517, 'timezone'));

function unitOf(value: Maybe, code: number): Unit {
  const name = textOf(value, code, 'unit');
  const unit = entryOf(units, name);
  if (unit === undefined) throw new CommandError(9, `unknown time unit value: ${name}`);
  return unit;
}

/** 1 for Sunday to 7 for Saturday, named in full or by three letters. */
function dayNamed(value: Maybe): number {
  const wanted = textOf(value, 5439015, 'startOfWeek').toLowerCase();
  const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const index = days.findIndex((day) => day === wanted || day.slice(0, 3) === wanted);
  if (index === -1) throw new CommandError(9, `unknown day of week value: ${wanted}`);
  return index + 1;
}

/** `$year: date` or `$year: { date, timezone }`. Only the year of an ISO week is a long. */
function partOperator(read: (local: Date) => number): Operator {
  const readAt = ([date, timezone]: readonly Value[], name: string): Value => {
    const zone = zoneFrom(timezone);
    const ms = millis(date, 16006);
    const n = read(new Date(ms + zone(ms)));
    return name === '$isoWeekYear' ? Long.fromNumber(n) : new Int32(n);
  };
  const long = onParts([9, 40535], { date: 40539, timezone: 'UTC' }, readAt);
  return (argument, scope, name) => {
    if (argument instanceof Map && ![...argument.keys()].some((key) => key.startsWith('$'))) return long(argument, scope, name);
    const [date = null, ...more] = Array.isArray(argument) ? argument : [argument];
    if (more.length > 0 || (Array.isArray(argument) && argument.length === 0))
      throw new CommandError(40536, `${name} accepts exactly one argument if given an array`);
    return long(new Map([['date', date]]), scope, name);
  };
}

function moved(sign: 1 | -1): Operator {
  const parts = { startDate: 5166402, unit: 5166402, amount: 5166402, timezone: 'UTC' };
  return onParts([5166400, 5166401], parts, ([start, unit, amount, timezone], name) => {
    const [ms, length, zone] = [millis(start, 5166403), unitOf(unit, 5166404), zoneFrom(timezone)];
    const count = toInteger(amount);
    if (count === undefined) throw new CommandError(5166405, `${name} expects integer amount of time units`);
    return instant(addUnits(ms, length, sign * count, zone));
  });
}

function dateToString(argument: Value, scope: Scope, name: string): Evaluate {
  const given = partsOf(argument, name, [18629, 18534], { date: 18628, timezone: 'UTC', format: undefined, onNull: null });
  const written = given[2];
  const onNull = compile(given[3], scope);
  const inputs = given.slice(0, 3).map((part) => compile(part, scope));
  if (typeof written === 'string' && !written.startsWith('$')) formatDate(0, utc, written); // a wrong format fails before any document
  return (doc, env) => {
    const [value, zoneName, pattern] = inputs.map((input) => input(doc, env));
    const zone = isNullish(zoneName) ? undefined : zoneFrom(zoneName);
    const text = isNullish(pattern) ? undefined : textOf(pattern, 18533, 'format');
    if (isNullish(value)) return onNull(doc, env);
    if (zone === undefined || (written !== undefined && text === undefined)) return null;
    return formatDate(millis(value, 16006), zone, text ?? `%Y-%m-%dT%H:%M:%S.%L${zone === utc ? 'Z' : ''}`);
  };
}
