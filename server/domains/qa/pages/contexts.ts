import type { MachineContext } from '#shared/qa/judge.ts';
import type { EventLog, StoredEvent } from '#server/platform/events.ts';
import { contextOf, DAILY_ENTRIES, entryOf, keptContext } from '../facts.ts';
import { DailyModel, JustificationModel, OutageModel, type DailyRow } from '../records-model.ts';

/** What was declared of each machine, kept as one object while it is the same: the judged periods are kept for that very object. */
const kept = new Map<string, MachineContext>();
/** Counts the facts about a machine, so that what was read before one of them is not kept after it. */
const facts = new Map<string, number>();

/** Follows what people declare, those at other processes included, and forgets whatever an earlier application of this process knew. */
export function followQaFacts(events: EventLog): void {
  kept.clear();
  events.listen((event) => {
    const machine = machineOf(event);
    if (machine === undefined) return;
    facts.set(machine, (facts.get(machine) ?? 0) + 1);
    kept.delete(machine);
  });
}

/** What was declared of machines. All daily controls entered by hand are in it: a year's table counts them however old they are. */
export async function contextsOf(machines: readonly string[]): Promise<ReadonlyMap<string, MachineContext>> {
  const unknown = machines.filter((machine) => !kept.has(machine));
  const read = unknown.length > 0 ? await readContexts(unknown) : new Map<string, MachineContext>();
  return new Map(
    machines.flatMap((machine) => {
      const context = kept.get(machine) ?? read.get(machine);
      return context ? [[machine, context] as const] : [];
    }),
  );
}

async function readContexts(machines: readonly string[]): Promise<Map<string, MachineContext>> {
  const before = new Map(machines.map((machine) => [machine, facts.get(machine)]));
  const outages = await OutageModel.find({ machine: { $in: machines }, cancelled: null }).lean();
  const justifications = await JustificationModel.find({ machine: { $in: machines }, withdrawn: null }).lean();
  const read = new Map<string, MachineContext>();
  for (const machine of machines) {
    // One machine at a time: fifteen years of daily controls of all of them at once would hold up everybody else.
    const daily = await DailyModel.find({ machine }, { day: 1, outcome: 1, at: 1 }).sort({ day: -1, at: -1 }).lean<DailyRow[]>();
    const mine = (row: { machine: string }): boolean => row.machine === machine;
    const all = { ...contextOf(outages.filter(mine), justifications.filter(mine)), daily: daily.map(entryOf) };
    // The same object as that of the lights where it says the same: each judges by what the other has judged.
    const context = daily.length <= DAILY_ENTRIES ? keptContext(machine, all) : all;
    read.set(machine, context);
    if (facts.get(machine) === before.get(machine)) kept.set(machine, context);
  }
  return read;
}

/** The machine of which a fact tells that something was declared or written. A light that changed says nothing of what was declared. */
function machineOf({ topic, type, data }: StoredEvent): string | undefined {
  if (topic !== 'qa') return undefined;
  if (type === 'qa:period') return (data as { machine: string }).machine; // written by this domain only, as `QaEvents` says
  if (type === 'qa:outage') return (data as { outage: { machine: string } }).outage.machine; // likewise
  return undefined;
}
