import { LANGUAGE_FORMATS, type Pieces } from './pieces.ts';
import { locale } from './locale.svelte.ts';
import { m } from './m.ts';

const NBSP = '\u00A0';
const MINUS = '\u2212';
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** An instant: epoch milliseconds, ISO text or a Date. */
export type At = number | string | Date;

/** Dates, numbers and lengths of time in the current language and the site's zone. */
export const format = {
  /** `ven. 20 nov. 14:05`; the year too when it is another one than `now`'s. */
  dateTime: (at: At, now: At = Date.now()) => `${format.date(at, now)} ${format.time(at)}`,
  /** `ven. 20 nov.` */
  date(at: At, now: At = Date.now()): string {
    const pieces = piecesOf(at);
    const year = pieces.year === piecesOf(now).year ? '' : ` ${pieces.year}`;
    return `${pieces.weekday}${locale.current === 'en' ? ',' : ''} ${pieces.day} ${pieces.month}${year}`;
  },
  /** `vendredi 20 novembre` */
  dateLong: (at: At) => formatter('long').format(new Date(at)),
  /** `14:05` */
  time: (at: At) => piecesOf(at).time,
  /** `14:05:08` */
  timeWithSeconds: (at: At) => formatter('seconds').format(new Date(at)),
  /** A calendar day, as a birth date: `3 févr. 1959`. */
  day: (day: string) =>
    new Intl.DateTimeFormat(tag(), { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).format(
      new Date(`${day}T00:00:00Z`),
    ),
  /** `1 558`, `94,2`; a minus is U+2212. */
  number: (value: number, digits = 0) =>
    tidy(new Intl.NumberFormat(tag(), { maximumFractionDigits: digits, minimumFractionDigits: 0 }).format(value)),
  /** `94,2 %` from 0.942. */
  percent: (share: number, digits = 1) => `${format.number(share * 100, digits)}${locale.current === 'fr' ? NBSP : ''}%`,
  /** `1,2 Mo` */
  bytes(size: number): string {
    const units = m.ui.units.bytes;
    const step = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
    return `${format.number(size / 1000 ** step, step === 0 ? 0 : 1)}${NBSP}${units[step] ?? ''}`;
  },
  /** A length of time in its largest unit, rounded down: `40 min`, `5 h`, `12 j`. */
  duration(ms: number): string {
    const units = m.ui.units;
    const size = Math.abs(ms);
    const sign = ms < 0 ? MINUS : '';
    if (size < HOUR_MS) return `${sign}${Math.floor(size / MINUTE_MS)}${NBSP}${units.minute}`;
    if (size < DAY_MS) return `${sign}${Math.floor(size / HOUR_MS)}${NBSP}${units.hour}`;
    return `${sign}${Math.floor(size / DAY_MS)}${NBSP}${units.day}`;
  },
  /** The age of a tile: like a duration, with seconds below a minute. */
  age: (ms: number) => (ms < MINUTE_MS ? `${Math.max(0, Math.floor(ms / SECOND_MS))}${NBSP}${m.ui.units.second}` : format.duration(ms)),
};

/** `NOM Prénom`. */
export function nameOf(person: { lastName: string; firstName: string }): string {
  return `${person.lastName.toLocaleUpperCase('fr')} ${person.firstName}`;
}

/** Up to two initials of a name. */
export function initialsOf(name: string): string {
  const parts = name.split(/[\s-]+/).filter(Boolean);
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => part?.[0]?.toLocaleUpperCase('fr') ?? '').join('');
}

/** `30 418 227`: digits in threes, as people read them aloud; an identifier with letters stays as it is. */
export function ippOf(ipp: string): string {
  return /^\d{5,}$/.test(ipp) ? ipp.replace(/\B(?=(\d{3})+$)/g, NBSP) : ipp;
}

/** Whole years between a birth day and an instant. */
export function ageInYears(birth: string, at: At): number {
  const [year = 0, month = 1, day = 1] = birth.split('-').map(Number);
  const now = new Date(at);
  const before = now.getUTCMonth() + 1 < month || (now.getUTCMonth() + 1 === month && now.getUTCDate() < day);
  return now.getUTCFullYear() - year - (before ? 1 : 0);
}

function tag(): string {
  return LANGUAGE_FORMATS[locale.current].tag;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(kind: 'parts' | 'seconds' | 'long'): Intl.DateTimeFormat {
  const key = `${kind} ${locale.current} ${locale.timezone}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(tag(), { timeZone: locale.timezone, hourCycle: 'h23', ...LANGUAGE_FORMATS[locale.current][kind] });
    formatters.set(key, found);
  }
  return found;
}

function piecesOf(at: At): Pieces {
  const parts = new Map(
    formatter('parts')
      .formatToParts(new Date(at))
      .map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    weekday: read('weekday'),
    day: read('day'),
    month: read('month'),
    year: read('year'),
    time: `${read('hour')}:${read('minute')}`,
  };
}

/** The font's subset lacks U+202F, and a hyphen is not a minus. */
function tidy(text: string): string {
  return text.replaceAll('\u202F', NBSP).replaceAll('-', MINUS);
}
