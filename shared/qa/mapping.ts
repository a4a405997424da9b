import { dayNumberOf, type DayNumber } from './calendar.ts';
import { classify, type QaMachine, type Verdict } from './classify.ts';
import type { QaConfig } from './config.ts';
import { TYPES_IN_ORDER, type Control, type QaType } from './controls.ts';
import { evaluateMachine, type View } from './evaluate.ts';
import type { MachineContext } from './judge.ts';
import type { Period } from './periods.ts';
import type { PeriodState } from './states.ts';

/** Rules with the smallest change that gives a control its type. */
export interface RuleSuggestion {
  readonly kind: 'module' | 'name';
  readonly config: QaConfig;
}

/** A control whose type, or the reason for having none, other rules change. */
export interface ControlEffect {
  readonly control: Control;
  readonly machine: string | null;
  readonly before: QaType | null;
  readonly after: QaType | null;
  /** Why it has no type, or is ambiguous, by the new rules. */
  readonly reason: 'excluded' | 'machine.unknown' | 'type.unknown' | 'ambiguous' | null;
}

/** A period whose state other rules change. */
export interface PeriodEffect {
  readonly machine: string;
  readonly period: Period;
  readonly before: PeriodState;
  readonly after: PeriodState;
}

/**
 * The smallest change of the rules that gives a control of a machine a type: its module put under the type, when modules tell this machine's types and this
 * one stands under no other; else the words of its name beside the type's rule. Null when no such change helps: a name without words, or a weekly control
 * of an ordinary machine (told by module only) whose module is missing or another type's.
 */
export function suggestRule(
  config: QaConfig,
  { moduleId, name }: Pick<Control, 'moduleId' | 'name'>,
  machine: Pick<QaMachine, 'byNameOnly'>,
  type: QaType,
): RuleSuggestion | null {
  const taken = moduleId === null || TYPES_IN_ORDER.some((one) => config.modules[one].includes(moduleId));
  if (!machine.byNameOnly && !taken) {
    return { kind: 'module', config: { ...config, modules: { ...config.modules, [type]: [...config.modules[type], moduleId] } } };
  }
  if (!machine.byNameOnly && type === 'CQH') return null;
  const words = wordsOf(name);
  if (words === '') return null;
  const rule = config.rules[type] === '' ? words : `${config.rules[type]}|${words}`;
  return { kind: 'name', config: { ...config, rules: { ...config.rules, [type]: rule } } };
}

/** The controls dated on or after a day that other rules read otherwise. */
export function effectOnControls(controls: Iterable<Control>, before: View, after: View, since: DayNumber): ControlEffect[] {
  const effects: ControlEffect[] = [];
  for (const control of controls) {
    if (control.at === null || dayNumberOf(control.at) < since) continue;
    const [was, is] = [before, after].map((view) => readBy(view, control));
    if (was && is && (was.type !== is.type || was.reason !== is.reason)) {
      effects.push({ control, machine: is.machine, before: was.type, after: is.type, reason: is.reason });
    }
  }
  return effects;
}

/** The periods that end on or after a day and whose state other rules change. Both views at the same moment, with the same calendar. */
export function effectOnPeriods(
  before: View,
  after: View,
  contextOf: (machine: string) => MachineContext,
  since: DayNumber,
): PeriodEffect[] {
  return after.ledger.setting.machines.flatMap(({ id }) => {
    const [was, is] = [evaluateMachine(before, id, contextOf(id)), evaluateMachine(after, id, contextOf(id))];
    return TYPES_IN_ORDER.flatMap((type) => {
      const states = new Map(was[type]?.cells.map(({ period, state }) => [period.index, state]));
      return (is[type]?.cells ?? []).flatMap(({ period, state }) => {
        const former = states.get(period.index) ?? 'none';
        return period.toDay >= since && former !== state ? [{ machine: id, period, before: former, after: state }] : [];
      });
    });
  });
}

type Read = Pick<ControlEffect, 'machine' | 'reason'> & { readonly type: QaType | null };

function readBy({ ledger }: View, control: Control): Read {
  const machine = ledger.machineOf.get(control.objectId);
  const verdict = classify(control, machine, ledger.setting.rules);
  return { machine: machine?.id ?? null, type: verdict.kind === 'classified' ? verdict.type : null, reason: reasonOf(verdict) };
}

function reasonOf(verdict: Verdict): ControlEffect['reason'] {
  if (verdict.kind === 'classified') return verdict.ambiguous ? 'ambiguous' : null;
  return verdict.kind === 'excluded' ? 'excluded' : verdict.reason;
}

const MOST_WORDS = 6;

/** The words of a name before the first that holds a digit (a date, a machine's number), as a pattern: letters only, nothing to escape. */
function wordsOf(name: string): string {
  const parts =
    name
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu) ?? [];
  const end = parts.findIndex((part) => /\p{N}/u.test(part));
  const said = (end < 0 ? parts : parts.slice(0, end)).slice(0, 2 * MOST_WORDS).join('');
  return said.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').replace(/[^\p{L}]+/gu, (separator) => (separator === ' ' ? ' ?' : '[^\\p{L}\\p{N}]+'));
}
