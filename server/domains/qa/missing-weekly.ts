import { evaluateMachine } from '#shared/qa/evaluate.ts';
import { isoWeekOf, dayNumberOf } from '#shared/qa/calendar.ts';
import { dayOf } from '#shared/qa/controls.ts';
import { periodsBetween } from '#shared/qa/periods.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import { contextOf, fedBySource } from './facts.ts';
import { pictureAt } from './picture.ts';
import { JustificationModel, OutageModel } from './records-model.ts';
import { readSource } from './source-store.ts';

/** The machines whose weekly control is not done in the ISO week of an instant that is now. A week without a working day asks for nothing. */
export async function missingWeekly(at: Date): Promise<{ week: string; machines: { id: string; name: string }[] }> {
  const { view } = await pictureAt(at);
  const today = dayNumberOf(dayOf(view.now));
  const { year, week } = isoWeekOf(today);
  const label = periodsBetween('CQH', today, today)[0]?.label ?? `S${String(week).padStart(2, '0')} ${year}`;
  const source = await readSource();
  if (source === null) return { week: label, machines: [] };
  const machines: { id: string; name: string }[] = [];
  for (const machine of allMachines().filter((one) => one.active && one.qaTypes.includes('CQH') && fedBySource(one, source))) {
    const outages = await OutageModel.find({ machine: machine.id, cancelled: null }).lean();
    const justifications = await JustificationModel.find({ machine: machine.id, withdrawn: null }).lean();
    const running = evaluateMachine(view, machine.id, contextOf(outages, justifications)).CQH?.running;
    if (running?.state === 'running' || running?.state === 'missed') machines.push({ id: machine.id, name: machine.name });
  }
  return { week: label, machines };
}
