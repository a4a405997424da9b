import { dayNumberOf, dayText, type DayNumber } from '#shared/qa/calendar.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import type { View } from '#shared/qa/evaluate.ts';
import { firstDay } from '#shared/qa/first-day.ts';
import { applyChanges, emptyLedger } from '#shared/qa/ledger.ts';
import { lightOf, type MachineFacts } from '#shared/qa/machine-light.ts';
import { effectOnControls, effectOnPeriods, type ControlEffect, type PeriodEffect } from '#shared/qa/mapping.ts';
import type { ConfigPreview } from '#shared/qa/page-schemas.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { yearsAround } from '#shared/qa/site-periods.ts';
import type { Context } from '#server/platform/context.ts';
import { faultsOf } from '../config-store.ts';
import type { SourceRow } from '../controls-model.ts';
import { factsOf, litByRules, readSource } from '../facts.ts';
import { holidaysOf } from '../holidays.ts';
import { compileRules } from '../patterns.ts';
import { pictureAt, type Picture } from '../picture.ts';
import { lastRow } from '../relight.ts';
import { qaSite } from '../site.ts';
import { latestFirst, pageAt, type Page, type PageMachine } from './page.ts';
import { createTurns, type Turns } from './turns.ts';

const DAYS = 90;
/** More are not sent; `total` says how many controls there are. */
const MOST_CONTROLS = 500;
const MOST_PERIODS = 1000;
/** A reading of the source in the midst of it makes what was compared another thing: then once more. */
const MOST_ATTEMPTS = 3;
/** So many controls are classified between two looks at the time. */
const STEP = 500;

const NOTHING = { controls: [], total: 0, periods: [], lights: [] };

/** What other rules would change in the last 90 days. Everything is judged anew beside what is in force, in steps that hold up nobody. */
export async function preview(ctx: Context, config: QaConfig): Promise<ConfigPreview> {
  const faults = faultsOf(ctx, config);
  if (faults.length > 0) return { faults, ...NOTHING };
  const turns = createTurns();
  for (let attempt = 1; ; attempt += 1) {
    const page = await pageAt(ctx.now());
    const found = await compared(ctx, page, config, turns);
    if (attempt === MOST_ATTEMPTS || (await pictureAt(ctx.now())).rev === page.picture.rev) return { faults, ...found };
  }
}

async function compared(ctx: Context, page: Page, config: QaConfig, turns: Turns): Promise<Omit<ConfigPreview, 'faults'>> {
  const { picture } = page;
  const before = picture.view;
  const after = await viewBy(picture, config, turns);
  const since = dayNumberOf(before.now) - DAYS;
  const controls = await controlsChanged(picture, after, since, turns);
  const periods = await periodsChanged(page, after, since, turns);
  const lights = await lightsChanged(ctx, page, { ...picture, version: { ...picture.version, config }, view: after }, turns);
  return {
    controls: controls.slice(0, MOST_CONTROLS),
    total: controls.length,
    periods: periods.slice(0, MOST_PERIODS).map(({ machine, period, ...states }) => {
      const { type, label } = period;
      return { machine, type, label, before: states.before, after: states.after };
    }),
    lights,
  };
}

/** All controls placed by other rules. */
async function viewBy({ controls, view }: Picture, config: QaConfig, turns: Turns): Promise<View> {
  const all = [...controls.values()];
  const { calendar, ledger: inForce, now } = view;
  const from = firstDay(config.from, all, now);
  const ledger = emptyLedger({
    machines: inForce.setting.machines,
    rules: compileRules(config),
    weekendCountsForEndingWeek: config.weekendCountsForEndingWeek,
    from,
  });
  for (let begin = 0; begin < all.length; begin += STEP) {
    applyChanges(ledger, { changed: all.slice(begin, begin + STEP) }, now);
    await turns.next();
  }
  const { from: begin, to: end } = config.workingHours;
  const sameHours = begin === calendar.workingHours.from && end === calendar.workingHours.to;
  if (sameHours && from >= inForce.setting.from) return { ledger, calendar, now };
  const holidays = await holidaysOf(qaSite().holidays, yearsAround(dayText(from), now));
  return { ledger, calendar: { holidays, workingHours: config.workingHours }, now };
}

async function controlsChanged({ controls, view }: Picture, after: View, since: DayNumber, turns: Turns): Promise<ControlEffect[]> {
  const all = [...controls.values()];
  const found: ControlEffect[] = [];
  for (let begin = 0; begin < all.length; begin += STEP) {
    found.push(...effectOnControls(all.slice(begin, begin + STEP), view, after, since));
    await turns.next();
  }
  return found.sort((a, b) => latestFirst(a.control, b.control));
}

/** Machine by machine: fifteen years of all of them at once would hold up everybody. */
async function periodsChanged({ picture, machines }: Page, after: View, since: DayNumber, turns: Turns): Promise<PeriodEffect[]> {
  const found: PeriodEffect[] = [];
  for (const { machine, types, context } of machines) {
    const effects = effectOnPeriods(only(picture.view, machine.id), only(after, machine.id), () => context, since);
    found.push(...effects.filter(({ period }) => types.includes(period.type)));
    await turns.next();
  }
  return found;
}

/** A view of one machine, its judged periods those of the whole. */
function only(view: View, machine: string): View {
  const { ledger } = view;
  const machines = ledger.setting.machines.filter(({ id }) => id === machine);
  return { ...view, ledger: { ...ledger, setting: { ...ledger.setting, machines } } };
}

async function lightsChanged(ctx: Context, { picture, machines }: Page, after: Picture, turns: Turns): Promise<ConfigPreview['lights']> {
  const source = await readSource();
  const changed: ConfigPreview['lights'] = [];
  for (const one of machines.filter(({ machine }) => litByRules(machine, source))) {
    const given = { source, previous: (await lastRow(one.machine.id))?.light ?? null };
    const was = await lightBy(ctx, one, picture, given);
    await turns.next();
    const is = await lightBy(ctx, one, after, given);
    await turns.next();
    if (was !== is) changed.push({ machine: one.machine.id, before: was, after: is });
  }
  return changed;
}

type Given = { source: SourceRow | null } & Pick<MachineFacts, 'previous'>;

async function lightBy(ctx: Context, { machine }: PageMachine, picture: Picture, given: Given): Promise<LightColour> {
  const facts = await factsOf(machine, picture, given);
  const { calendar, now } = picture.view;
  return lightOf(facts, { now, nowMs: ctx.now().getTime(), calendar, dueHour: picture.version.config.dueHour }).light;
}
