import { PlanFields, type Dossier } from '#shared/dossiers/schemas.ts';
import { numberFrom } from './dose.ts';
import { faultsIn, type Faults } from './faults.ts';

/** A plan as it is typed; one result per constraint of the prescription. */
export interface PlanDraft {
  name: string;
  technique: string;
  machineId: string;
  results: ResultDraft[];
  rtPlanUid: string;
  notes: string;
}

export interface ResultDraft {
  value: string;
  met: boolean;
}

/** The form of a dossier's plan, with a place for the result of each constraint that the prescription has now. */
export function planDraft({ plan, prescription, machine }: Dossier, figure: (value: number) => string): PlanDraft {
  const results = (prescription?.constraints ?? []).map((_, place) => {
    const known = plan?.results[place];
    return known ? { value: figure(known.value), met: known.met } : { value: '', met: false };
  });
  if (plan) {
    const { name, technique, machineId, rtPlanUid, notes } = plan;
    return { name, technique, machineId, results, rtPlanUid: rtPlanUid ?? '', notes };
  }
  return { name: '', technique: prescription?.technique ?? '', machineId: machine?.id ?? '', results, rtPlanUid: '', notes: '' };
}

/** What was typed as the contract wants it, or what is wrong with it. */
export function readPlan({ rtPlanUid, ...draft }: PlanDraft): { fields: PlanFields } | { faults: Faults } {
  const read = PlanFields.safeParse({
    ...draft,
    ...(rtPlanUid.trim() === '' ? {} : { rtPlanUid: rtPlanUid.trim() }),
    results: draft.results.map((one) => ({ ...one, value: numberFrom(one.value) })),
  });
  return read.success ? { fields: read.data } : { faults: faultsIn(read.error, { ...draft, rtPlanUid }) };
}

/** Whether a result keeps its limit, where the limit is an upper one: what the form proposes until the person says otherwise. */
export function proposedMet(value: string, limit: number): boolean {
  const read = numberFrom(value);
  return read !== undefined && read <= limit;
}
