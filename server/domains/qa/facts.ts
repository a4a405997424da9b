import type { Machine } from '#shared/machines/schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { evaluateMachine } from '#shared/qa/evaluate.ts';
import type { MachineContext } from '#shared/qa/judge.ts';
import type { MachineFacts, SourceFacts } from '#shared/qa/machine-light.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { wallClockIn } from '#shared/qa/site-clock.ts';
import type { SourceRow } from './controls-model.ts';
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

export { readSource } from './source-store.ts';

/** The last daily entries of a machine, however long ago they were: a light depends on no more, even after a stop of months. */
export const DAILY_ENTRIES = 100;

/** Whether anything but people's hands tells of a machine's controls. */
export function fedBySource(machine: Machine, source: SourceRow | null): boolean {
  return machine.artiscanObjectId !== undefined && (qaSite().hasSource || source !== null);
}

/** Whether the rules determine a machine's light: a source feeds it, or its only type is the daily one, which people enter. Else a hand sets it. */
export function litByRules(machine: Machine, source: SourceRow | null): boolean {
  return fedBySource(machine, source) || (machine.qaTypes.length === 1 && machine.qaTypes[0] === 'CQQ');
}

/** What people declared of some machines. */
export interface Declared {
  outages: Map<string, OutageRow[]>;
  justifications: Map<string, JustificationRow[]>;
  daily: Map<string, DailyRow[]>;
  released: Map<string, Set<number>>;
}

/** What people declared, read anew: inside an act, its own writes included. One after another, as the session of a transaction takes its commands. */
export async function declaredOf(machines: readonly Machine[]): Promise<Declared> {
  const among = { machine: { $in: machines.map(({ id }) => id) } };
  const outages = await OutageModel.find({ ...among, cancelled: null }).lean();
  const justifications = await JustificationModel.find({ ...among, withdrawn: null }).lean();
  const releases = await ReleaseModel.find(among).lean();
  const daily = new Map<string, DailyRow[]>();
  for (const { id, qaTypes } of machines) {
    if (qaTypes.includes('CQQ'))
      daily.set(id, await DailyModel.find({ machine: id }).sort({ day: -1, at: -1 }).limit(DAILY_ENTRIES).lean());
  }
  const released = Map.groupBy(releases, ({ machine }) => machine);
  return {
    outages: Map.groupBy(outages, ({ machine }) => machine),
    justifications: Map.groupBy(justifications, ({ machine }) => machine),
    daily,
    released: new Map([...released].map(([machine, rows]) => [machine, new Set(rows.map(({ _id }) => _id))])),
  };
}

/** Everything that a machine's light depends on at an instant, read anew. */
export async function factsOf(
  machine: Machine,
  picture: Picture,
  given: { source: SourceRow | null; previous: LightColour | null },
): Promise<MachineFacts> {
  return factsFrom(machine, picture, { ...given, declared: await declaredOf([machine]) });
}

/** The same from what was read for many machines at once. Where a hand sets the light, nothing but the daily control is asked of the machine. */
export function factsFrom(
  machine: Machine,
  picture: Picture,
  given: { source: SourceRow | null; previous: LightColour | null; declared: Declared },
): MachineFacts {
  const { source, previous, declared } = given;
  const outages = declared.outages.get(machine.id) ?? [];
  const context = keptContext(machine.id, {
    ...contextOf(outages, declared.justifications.get(machine.id) ?? []),
    daily: (declared.daily.get(machine.id) ?? []).map(entryOf),
  });
  const fault = outages.find(({ kind, open }) => kind === 'fault' && open);
  const types: readonly QaType[] = litByRules(machine, source) ? machine.qaTypes : machine.qaTypes.filter((type) => type === 'CQQ');
  return {
    types,
    evaluation: types.length > 0 ? evaluateMachine(picture.view, machine.id, context) : {},
    context,
    reportedDown: fault ? { since: wallClockIn(qaSite().timezone, fault.from), why: fault.why } : null,
    released: declared.released.get(machine.id) ?? new Set(),
    source: fedBySource(machine, source) ? sourceFacts(source, picture) : null,
    previous,
  };
}

const contexts = new Map<string, { key: string; context: MachineContext }>();

/** The same object as long as nothing that was declared changed: results are kept for it. */
export function keptContext(machine: string, context: MachineContext): MachineContext {
  const key = JSON.stringify(context);
  const kept = contexts.get(machine);
  if (kept?.key === key) return kept.context;
  contexts.set(machine, { key, context });
  return context;
}

/** What was declared of a machine, as the rules take it. */
export function contextOf(outages: readonly OutageRow[], justifications: readonly JustificationRow[]): MachineContext {
  const zone = qaSite().timezone;
  return {
    downtime: outages.flatMap(({ kind, from, to, ended }) => {
      if (kind === 'fault') return [];
      // A paper signed after the planned end does not make the stop longer.
      const end = ended && (to === null || ended.at < to) ? ended.at : to;
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

function sourceFacts(source: SourceRow | null, { version }: Picture): SourceFacts {
  return {
    lastReadMs: source?.asOf?.getTime() ?? null,
    limitHours: version.config.sourceLimitHours,
    silentSinceMs: source?.failure?.since.getTime() ?? null,
  };
}
