import type { Machine } from '#shared/machines/schemas.ts';
import { dayOf, type QaType } from '#shared/qa/controls.ts';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import { evaluateMachine } from '#shared/qa/evaluate.ts';
import type { MachineContext } from '#shared/qa/judge.ts';
import type { MachineFacts, SourceFacts } from '#shared/qa/machine-light.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import { SourceModel, type SourceRow } from './controls-model.ts';
import type { Picture } from './picture.ts';
import {
  DailyModel,
  JustificationModel,
  OutageModel,
  ReleaseModel,
  type DailyRow,
  type JustificationRow,
  type OutageRow,
} from './records-model.ts';
import { qaSite } from './site.ts';

/** Daily entries that a light can depend on: those of the last weeks. */
const DAILY_DAYS = 62;

/** Whether anything but people's hands tells of a machine's controls. */
export function fedBySource(machine: Machine, source: SourceRow | null): boolean {
  return machine.artiscanObjectId !== undefined && (qaSite().hasSource || source !== null);
}

/** Whether the rules determine a machine's light: a source feeds it, or its only type is the daily one, which people enter. Else a hand sets it. */
export function litByRules(machine: Machine, source: SourceRow | null): boolean {
  return fedBySource(machine, source) || (machine.qaTypes.length === 1 && machine.qaTypes[0] === 'CQQ');
}

export function readSource(): Promise<SourceRow | null> {
  return SourceModel.findById('source').lean<SourceRow | null>();
}

/** Everything that a machine's light depends on at an instant, read anew: inside an act, its own writes included. */
export async function factsOf(
  machine: Machine,
  picture: Picture,
  given: { source: SourceRow | null; previous: LightColour | null },
): Promise<MachineFacts> {
  const outages = await OutageModel.find({ machine: machine.id, cancelled: null }).lean();
  const context = {
    ...contextOf(outages, await JustificationModel.find({ machine: machine.id, withdrawn: null }).lean()),
    daily: (
      await DailyModel.find({ machine: machine.id, day: { $gte: daysBefore(picture, DAILY_DAYS) } })
        .sort({ at: 1 })
        .lean()
    ).map(entryOf),
  };
  const fault = outages.find(({ kind, open }) => kind === 'fault' && open);
  const ruled = litByRules(machine, given.source);
  const types: readonly QaType[] = ruled ? machine.qaTypes : [];
  return {
    types,
    evaluation: types.length > 0 ? evaluateMachine(picture.view, machine.id, context) : {},
    context,
    reportedDown: fault ? { since: wallClockIn(qaSite().timezone, fault.from), why: fault.why } : null,
    released: new Set((await ReleaseModel.find({ machine: machine.id }, { _id: 1 }).lean()).map(({ _id }) => _id)),
    source: fedBySource(machine, given.source) ? sourceFacts(given.source, picture) : null,
    previous: given.previous,
  };
}

/** What was declared of a machine, as the rules take it. */
export function contextOf(outages: readonly OutageRow[], justifications: readonly JustificationRow[]): MachineContext {
  const zone = qaSite().timezone;
  return {
    downtime: outages.flatMap(({ kind, from, to, ended }) => {
      if (kind === 'fault') return [];
      const end = ended?.at ?? to;
      return [{ kind, from: wallClockIn(zone, from), to: end && wallClockIn(zone, end) }];
    }),
    justifications: justifications
      .filter(({ withdrawn }) => withdrawn === null)
      .map(({ type, period, expires }) => ({ type, period, expires: expires && wallClockIn(zone, expires) })),
    daily: [],
  };
}

/** A daily entry as the rules take it. */
export function entryOf({ day, outcome, at }: DailyRow): MachineContext['daily'][number] {
  return { day, outcome, at: wallClockIn(qaSite().timezone, at) };
}

function daysBefore({ view }: Picture, days: number): string {
  return dayText(dayNumberOf(dayOf(view.now)) - days);
}

function sourceFacts(source: SourceRow | null, { version }: Picture): SourceFacts {
  return {
    lastReadMs: source?.asOf?.getTime() ?? null,
    limitHours: version.config.sourceLimitHours,
    silentSinceMs: source?.failure?.since.getTime() ?? null,
  };
}
