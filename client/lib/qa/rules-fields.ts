import type { QaConfig } from '#shared/qa/config.ts';
import type { QaType } from '#shared/qa/controls.ts';
import { AXIS_ORDER } from './axis.ts';

/** What stands in the form of the rules; numbers as they are typed. */
export interface RulesFields {
  modules: Record<QaType, string>;
  rules: QaConfig['rules'];
  dueHour: string;
  workFrom: string;
  workTo: string;
  weekend: boolean;
  limit: string;
  from: string;
}
export type RulesField = `modules.${QaType}` | 'dueHour' | 'workFrom' | 'workTo' | 'limit';
export type RulesProblem = 'modules' | 'hour' | 'limit' | 'order';
/** Which fields cannot be sent as they are, and modules that stand under two types. */
export interface RulesProblems {
  fields: Partial<Record<RulesField, RulesProblem>>;
  twice: { module: number; types: QaType[] }[];
}

const HOUR = /^([01]\d|2[0-3]):[0-5]\d$/;

export function fieldsOf(config: QaConfig): RulesFields {
  const { modules } = config;
  return {
    modules: { CQH: list(modules.CQH), CQM: list(modules.CQM), CQS: list(modules.CQS), CQQ: list(modules.CQQ) },
    rules: { ...config.rules },
    dueHour: config.dueHour,
    workFrom: config.workingHours.from,
    workTo: config.workingHours.to,
    weekend: config.weekendCountsForEndingWeek,
    limit: String(config.sourceLimitHours),
    from: config.from ?? '',
  };
}

/** What is sent: the rules as they were, with what stands in the form. */
export function configOf(fields: RulesFields, base: QaConfig): QaConfig {
  const { modules, rules } = fields;
  return {
    ...base,
    modules: { CQH: numbers(modules.CQH), CQM: numbers(modules.CQM), CQS: numbers(modules.CQS), CQQ: numbers(modules.CQQ) },
    rules: {
      exclusion: rules.exclusion.trim(),
      CQH: rules.CQH.trim(),
      CQM: rules.CQM.trim(),
      CQS: rules.CQS.trim(),
      CQQ: rules.CQQ.trim(),
    },
    dueHour: fields.dueHour,
    workingHours: { from: fields.workFrom, to: fields.workTo },
    weekendCountsForEndingWeek: fields.weekend,
    sourceLimitHours: Number(fields.limit.replace(',', '.')),
    from: fields.from === '' ? null : fields.from,
  };
}

/** What keeps the rules from being sent. Whether a pattern compiles is the server's to say. */
export function problemsIn(fields: RulesFields): RulesProblems {
  const found: RulesProblems['fields'] = {};
  for (const type of AXIS_ORDER) if (!isList(fields.modules[type])) found[`modules.${type}`] = 'modules';
  if (!HOUR.test(fields.dueHour)) found.dueHour = 'hour';
  if (!HOUR.test(fields.workFrom)) found.workFrom = 'hour';
  if (!HOUR.test(fields.workTo)) found.workTo = 'hour';
  else if (!found.workFrom && fields.workFrom >= fields.workTo) found.workTo = 'order';
  const limit = Number(fields.limit.replace(',', '.'));
  if (!(limit >= 1 && limit <= 720)) found.limit = 'limit';
  return { fields: found, twice: twiceIn(fields) };
}

/** Whether the form holds what a configuration says. */
export function sameFields(fields: RulesFields, config: QaConfig): boolean {
  return JSON.stringify(configOf(fields, config)) === JSON.stringify(configOf(fieldsOf(config), config));
}

function twiceIn(fields: RulesFields): RulesProblems['twice'] {
  const types = new Map<number, QaType[]>();
  for (const type of AXIS_ORDER) {
    for (const module of numbers(fields.modules[type])) types.set(module, [...(types.get(module) ?? []), type]);
  }
  return [...types].flatMap(([module, under]) => (under.length > 1 ? [{ module, types: under }] : []));
}

function list(modules: readonly number[]): string {
  return modules.join(', ');
}

function isList(text: string): boolean {
  return parts(text).every((part) => /^[1-9]\d{0,8}$/.test(part));
}

function numbers(text: string): number[] {
  return parts(text).map(Number);
}

function parts(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}
