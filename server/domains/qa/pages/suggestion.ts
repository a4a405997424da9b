import type { z } from 'zod';
import { qaPageWordsOf } from '#shared/messages/qa-pages.ts';
import { classify, type QaMachine } from '#shared/qa/classify.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import type { Control, QaType } from '#shared/qa/controls.ts';
import { suggestRule, type RuleSuggestion } from '#shared/qa/mapping.ts';
import type { SuggestRule, Suggestion } from '#shared/qa/page-schemas.ts';
import { allMachines } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound, RuleBroken } from '#server/platform/errors.ts';
import { compileRules, patternFaults } from '../patterns.ts';
import { pictureAt } from '../picture.ts';

/**
 * The smallest change of the rules that gives a control its type: its module, or the words of its name.
 *
 * @throws NotFound for a control that the source does not have; RuleBroken `qa.suggestion` when no such change gives it that type: its machine is unknown, its
 * name is excluded or says nothing.
 */
export async function suggestion(ctx: Context, { control: id, type }: z.output<typeof SuggestRule>): Promise<z.output<typeof Suggestion>> {
  const { controls, version, view } = await pictureAt(ctx.now());
  const control = controls.get(id);
  if (!control) throw new NotFound('control');
  const machine = view.ledger.machineOf.get(control.objectId);
  const names = allMachines().flatMap(({ name, shortName }) => [name, shortName]);
  const found = machine && suggestedRule(version.config, { control, machine, type, names });
  if (!found) throw new RuleBroken('qa.suggestion', [{ rule: 'suggestion_none', message: qaPageWordsOf(ctx.locale).noSuggestion }]);
  return found;
}

interface Wanted {
  control: Control;
  machine: QaMachine;
  type: QaType;
  /** Names of machines: they say nothing of a type. */
  names: readonly string[];
}

/** The first of the possible changes that compiles and does give the control its type; the longest words first, because they say most. */
export function suggestedRule(config: QaConfig, { control, machine, type, names }: Wanted): RuleSuggestion | null {
  const pieces = piecesOf(control.name, names);
  for (const name of pieces.length > 0 ? pieces : ['']) {
    const found = suggestRule(config, { moduleId: control.moduleId, name }, machine, type);
    if (found && gives(found.config, control, machine, type)) return found;
  }
  return null;
}

function gives(config: QaConfig, control: Control, machine: QaMachine, type: QaType): boolean {
  if (patternFaults(config.rules).length > 0) return false;
  const verdict = classify(control, machine, compileRules(config));
  return verdict.kind === 'classified' && verdict.type === type;
}

/** A name of 4,000 characters is no name: what tells the type stands at its beginning. */
const LONGEST_NAME = 300;
/** Shorter ones are no words of their own: a rule made of "le" would match half of all names. */
const SHORTEST_PIECE = 3;

/** What a name says between names of machines and words with digits (dates, energies, numbers), the longest first. */
function piecesOf(name: string, machineNames: readonly string[]): string[] {
  const text = name.normalize('NFC').slice(0, LONGEST_NAME);
  const without = machineNames
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, machine) => withoutName(rest, machine.normalize('NFC')), text);
  return without
    .split(/[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*/u)
    .map((piece) => piece.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''))
    .filter((piece) => piece.length >= SHORTEST_PIECE)
    .sort((a, b) => b.length - a.length);
}

/** A text with a digit in the place of a machine's name, wherever that stands as words of its own. */
function withoutName(text: string, machine: string): string {
  const escaped = machine.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'), '0');
}
