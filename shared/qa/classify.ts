import type { QaConfig } from './config.ts';
import { TYPES_IN_ORDER, type Control, type QaType } from './controls.ts';

/** What of a registry machine the rules read. */
export interface QaMachine {
  readonly id: string;
  readonly artiscanObjectId?: number | undefined;
  /** Its protocols share their modules: only the control's name tells the type. */
  readonly byNameOnly: boolean;
  readonly qaTypes: readonly QaType[];
}

/** What the name rules say of a name. */
export interface NameMatch {
  readonly excluded: boolean;
  /** Types whose rule matches, in the order of tables. */
  readonly types: readonly QaType[];
}

/** The rules of a configuration, ready to use. `match` knows NFC, case and word edges: see server/domains/qa/patterns.ts. */
export interface ClassifyRules {
  readonly typeOfModule: ReadonlyMap<number, QaType>;
  readonly match: (name: string) => NameMatch;
}

/** Why a control does not count, or counts and should be looked at (`ambiguous`, `type.not-required`). */
export const LEFT_OUT_REASONS = [
  'excluded',
  'machine.unknown',
  'type.unknown',
  'type.not-required',
  'ambiguous',
  'date.missing',
  'date.weekend',
  'date.outside',
  'date.future',
  'duplicate',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export type Verdict =
  | { readonly kind: 'excluded' }
  | { readonly kind: 'classified'; readonly type: QaType; readonly ambiguous: boolean }
  | { readonly kind: 'unclassified'; readonly reason: 'machine.unknown' | 'type.unknown' };

const EXCLUDED: Verdict = { kind: 'excluded' };
const UNKNOWN_MACHINE: Verdict = { kind: 'unclassified', reason: 'machine.unknown' };
const UNKNOWN_TYPE: Verdict = { kind: 'unclassified', reason: 'type.unknown' };
const CLEAR = verdicts(false);
const AMBIGUOUS = verdicts(true);

/**
 * The type of a control. Excluded when the exclusion rule matches its name. Then, for a machine known by name only, the type whose rule matches; for the
 * others CQH by module only and the rest by rule or module. Two types at once: the rule wins over the module; between two rules the module decides, else
 * the first of the table. Either way it counts and is to be listed as ambiguous. Source: `qa.md`, "Classification of one study".
 */
export function classify(control: Control, machine: Pick<QaMachine, 'byNameOnly'> | undefined, rules: ClassifyRules): Verdict {
  const name = rules.match(control.name);
  if (name.excluded) return EXCLUDED;
  if (!machine) return UNKNOWN_MACHINE;
  const byModule = machine.byNameOnly || control.moduleId === null ? undefined : rules.typeOfModule.get(control.moduleId);
  const byRule = machine.byNameOnly ? name.types : name.types.filter((type) => type !== 'CQH');
  return typeBetween(byRule, byModule);
}

/** Which type a module stands for. */
export function typesOfModules(modules: QaConfig['modules']): Map<number, QaType> {
  return new Map(TYPES_IN_ORDER.flatMap((type) => modules[type].map((module) => [module, type] as const)));
}

function typeBetween(byRule: readonly QaType[], byModule: QaType | undefined): Verdict {
  const [first] = byRule;
  if (first === undefined) return byModule === undefined ? UNKNOWN_TYPE : CLEAR[byModule];
  const agrees = byModule === undefined || byRule.includes(byModule);
  if (byRule.length === 1) return agrees ? CLEAR[first] : AMBIGUOUS[first];
  return AMBIGUOUS[byModule !== undefined && agrees ? byModule : first];
}

/** Every verdict made once: a hundred thousand controls share them. */
function verdicts(ambiguous: boolean): Record<QaType, Verdict> {
  const of = (type: QaType): Verdict => ({ kind: 'classified', type, ambiguous });
  return { CQH: of('CQH'), CQM: of('CQM'), CQS: of('CQS'), CQQ: of('CQQ') };
}
