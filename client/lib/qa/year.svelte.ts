import { machineYearCall, periodCall } from '#shared/qa/api.ts';
import type { MachineYear, PeriodDetail } from '#shared/qa/page-schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { call } from '../api/index.ts';
import { changesPeriods, followQa } from './follow.svelte.ts';

/** One period of a machine and a type, by its first day. */
export interface PeriodKey {
  machine: string;
  type: QaType;
  period: string;
}

/** The year of one machine, live. Another machine or year is another one. */
export function machineYear(machine: string, year: number) {
  return followQa<MachineYear>((signal) => call(machineYearCall, { query: { machine, year } }, { signal }), changesPeriods);
}

/** Everything about one period, live. */
export function periodDetail(key: PeriodKey) {
  return followQa<PeriodDetail>(
    (signal) => call(periodCall, { query: { ...key } }, { signal }),
    (fact) => (fact.type === 'qa:period' ? fact.data.machine === key.machine && fact.data.type === key.type : changesPeriods(fact)),
  );
}

/** How a period stands in an address: `CQH.2026-11-16`. */
export function periodParam(key: PeriodKey | undefined): string | undefined {
  return key && `${key.type}.${key.period}`;
}

/** Reads it back; nothing for a text that names none. */
export function periodFrom(machine: string | undefined, text: string | null): PeriodKey | undefined {
  const match = /^(CQH|CQM|CQS|CQQ)\.(\d{4}-\d\d-\d\d)$/.exec(text ?? '');
  const type = (['CQH', 'CQM', 'CQS', 'CQQ'] as const).find((one) => one === match?.[1]);
  return machine && type && match?.[2] ? { machine, type, period: match[2] } : undefined;
}
