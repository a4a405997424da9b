import { format, m } from '../i18n/index.ts';
import type { Difference } from './drafts.ts';
import type { FactsDraft } from './facts-draft.ts';
import type { PlanDraft, ResultDraft } from './plan-draft.ts';
import type { ConstraintDraft, PrescriptionDraft } from './prescription-draft.ts';

export interface Shown {
  label: string;
  mine: string;
  current: string;
}

/** Both texts of a field of the prescription, in words. */
export function showPrescription({ field, mine, current }: Difference<PrescriptionDraft>): Shown {
  const texts: Partial<Record<keyof PrescriptionDraft, (value: unknown) => string>> = {
    intent: (value) => wordIn(m.dossier.intents, value),
    laterality: (value) => wordIn(m.dossier.lateralities, value),
    plannedStart: (value) => (value === '' ? '' : format.day(String(value))),
    constraints: (value) =>
      (value as ConstraintDraft[]).map((one) => `${one.organ} ${one.metric} ${one.limit} ${m.dossier.units[one.unit]}`).join('\n'), // a draft's own field
  };
  const labels = { ...m.dossier, totalDoseGy: m.dossier.totalDose, dosePerFractionGy: m.dossier.dosePerFraction };
  return shown(labels[field], { mine, current }, texts[field]);
}

/** Both texts of a field of the plan, in words. */
export function showPlan({ field, mine, current }: Difference<PlanDraft>, machineName: (id: string) => string): Shown {
  const texts: Partial<Record<keyof PlanDraft, (value: unknown) => string>> = {
    machineId: (value) => machineName(String(value)),
    results: (value) =>
      (value as ResultDraft[]).map((one) => `${one.value || '–'} · ${one.met ? m.dossier.met : m.dossier.notMet}`).join('\n'), // a draft's own field
  };
  const labels: Record<keyof PlanDraft, string> = { ...m.dossier, name: m.dossier.planName, machineId: m.dossier.machine };
  return shown(labels[field], { mine, current }, texts[field]);
}

/** Both texts of a field of the dossier's own record, in words. */
export function showFacts({ field, mine, current }: Difference<FactsDraft>, machineName: (id: string) => string): Shown {
  const texts: Partial<Record<keyof FactsDraft, (value: unknown) => string>> = {
    machineId: (value) => (value === '' ? m.dossier.noMachine : machineName(String(value))),
    priority: (value) => wordIn(m.ui.priority, value),
  };
  return shown(m.dossier.fields[field], { mine, current }, texts[field]);
}

function shown(label: string, { mine, current }: { mine: unknown; current: unknown }, text: (value: unknown) => string = String): Shown {
  const said = (value: unknown) => text(value).trim() || m.dossier.empty;
  return { label, mine: said(mine), current: said(current) };
}

function wordIn(table: Readonly<Record<string, string>>, value: unknown): string {
  return table[String(value)] ?? String(value);
}
