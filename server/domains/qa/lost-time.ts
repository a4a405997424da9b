import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import { dayOf, wallClockAt } from '#shared/qa/controls.ts';
import { instantOf, wallClockIn } from '#shared/qa/site-clock.ts';
import { yearsAround } from '#shared/qa/site-periods.ts';
import { siteWorks, type SiteCalendar } from '#shared/qa/working-days.ts';
import { configInForce } from './config-store.ts';
import { holidaysOf } from './holidays.ts';
import { OutageModel, type OutageRow } from './records-model.ts';
import { qaSite } from './site.ts';

const MINUTE_MS = 60_000;
/** An outage that nobody ended is not counted further back than this. */
const MOST_DAYS = 400;
const MOST_OUTAGES = 2000;
/** Outages that are shown are not older than this, with few exceptions. */
const YEARS = 15;

interface Span {
  from: Date;
  to: Date;
}

/** Minutes of working hours that an outage took from a machine, up to now. */
export function lostMinutes(row: Pick<OutageRow, 'from' | 'to' | 'ended' | 'cancelled'>, now: Date, calendar: SiteCalendar): number {
  const span = spanOf(row, now);
  return span ? minutesIn(span, calendar) : 0;
}

/** The working hours and holidays of the years of which time is counted. */
export async function lostTimeCalendar(now: Date): Promise<SiteCalendar> {
  const today = dayOf(wallClockIn(qaSite().timezone, now));
  const { config } = await configInForce();
  const first = dayText(dayNumberOf(today) - YEARS * 366);
  return { holidays: await holidaysOf(qaSite().holidays, yearsAround(first, today)), workingHours: config.workingHours };
}

/** Minutes of working hours lost this month and this year. Outages that overlap are counted once. */
export async function lostSince(machine: string, now: Date, calendar: SiteCalendar): Promise<{ month: number; year: number }> {
  const zone = qaSite().timezone;
  const today = dayOf(wallClockIn(zone, now));
  const year = instantOf(zone, wallClockAt(`${today.slice(0, 4)}-01-01`, '00:00'));
  const month = instantOf(zone, wallClockAt(`${today.slice(0, 7)}-01`, '00:00'));
  const rows = await OutageModel.find({ machine, cancelled: null }).sort({ from: -1 }).limit(MOST_OUTAGES).lean();
  const spans = rows.flatMap((row) => spanOf(row, now) ?? []);
  const since = (begin: Date): number =>
    joined(spans.flatMap(({ from, to }) => (to > begin ? [{ from: from > begin ? from : begin, to }] : []))).reduce(
      (sum, span) => sum + minutesIn(span, calendar),
      0,
    );
  return { month: since(month), year: since(year) };
}

function spanOf({ from, to, ended, cancelled }: Pick<OutageRow, 'from' | 'to' | 'ended' | 'cancelled'>, now: Date): Span | undefined {
  if (cancelled) return undefined;
  const ends = [ended?.at, to ?? undefined, now].filter((end) => end !== undefined).map((end) => end.getTime());
  const end = Math.min(...ends);
  return end > from.getTime() ? { from, to: new Date(end) } : undefined;
}

/** Overlapping spans as one. */
function joined(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = result.at(-1);
    if (last && span.from <= last.to) last.to = span.to > last.to ? span.to : last.to;
    else result.push({ ...span });
  }
  return result;
}

function minutesIn({ from, to }: Span, calendar: SiteCalendar): number {
  const zone = qaSite().timezone;
  const last = dayNumberOf(dayOf(wallClockIn(zone, to)));
  const first = Math.max(dayNumberOf(dayOf(wallClockIn(zone, from))), last - MOST_DAYS);
  let ms = 0;
  for (let day = first; day <= last; day += 1) {
    if (!siteWorks(day, calendar)) continue;
    const opens = instantOf(zone, wallClockAt(dayText(day), calendar.workingHours.from)).getTime();
    const closes = instantOf(zone, wallClockAt(dayText(day), calendar.workingHours.to)).getTime();
    ms += Math.max(0, Math.min(closes, to.getTime()) - Math.max(opens, from.getTime()));
  }
  return Math.round(ms / MINUTE_MS);
}
