import type { Refusal } from '../errors.ts';
import type { Role } from '../roles.ts';
import { may } from '../roles.ts';
import type { LightColour } from '../qa/schemas.ts';
import { blocks } from '../qa/lights.ts';
import { PATH, STATUSES, type ItemCode, type Status } from './statuses.ts';
import type { Workflow } from './workflow-schemas.ts';

/** What a hard rule needs to know of a dossier. The same facts are on every card, so that a board can tell what blocks as soon as a light changes. */
export interface Clearance {
  prescription: 'absent' | 'unsigned' | 'signed';
  dosimetryQaSigned: boolean;
  oncologistSigned: boolean;
  machine: string | null;
}

/** What the rules of a move need to know of a dossier, the person and the machine. */
export interface MoveFacts {
  status: Status;
  /** Items that hold now, computed ones included. */
  done: ReadonlySet<ItemCode>;
  clearance: Clearance;
  light: LightColour;
  role: Role;
  /** A comment with at least one visible character was given. */
  hasComment: boolean;
}

/** A rule that is not met, before it is put into words. */
export interface Unmet {
  rule: string;
  params?: Refusal['params'];
}

export type Direction = 'forward' | 'back';

/** Which way a move goes; undefined when the workflow knows no such step. */
export function directionOf(workflow: Workflow, from: Status, target: Status): Direction | undefined {
  const rule = workflow.statuses[from];
  if (rule.forward.includes(target)) return 'forward';
  return rule.back.includes(target) ? 'back' : undefined;
}

/** The roles that may make a step. A move back may be made by a role that may enter either end; to À reprendre contourage only by its own. */
export function rolesFor(workflow: Workflow, from: Status, target: Status): Role[] {
  const enter = workflow.statuses[target].enter;
  if (directionOf(workflow, from, target) !== 'back' || target === 'A_REPRENDRE_CONTOURAGE') return enter;
  return [...new Set([...workflow.statuses[from].enter, ...enter])];
}

/** The items that must hold to enter a status: its own and those of every status before it on the path. */
export function itemsToEnter(workflow: Workflow, target: Status): ItemCode[] {
  const before = PATH.slice(0, PATH.indexOf(pathStep(target)) + 1);
  return [...new Set(before.flatMap((status) => workflow.statuses[status].required))];
}

/**
 * ALL the conditions that a move does not meet; empty when it may be made. A role that may not make the step is one of them.
 * Source: `dossiers.md`, "Statuses and transitions" and "Hard rules".
 */
export function unmetFor(workflow: Workflow, target: Status, facts: MoveFacts): Unmet[] {
  const direction = directionOf(workflow, facts.status, target);
  if (!direction) return [{ rule: 'transition', params: { from: facts.status, target } }];
  const unmet: Unmet[] = [];
  const roles = rolesFor(workflow, facts.status, target);
  if (!roles.includes(facts.role)) unmet.push({ rule: 'role', params: { roles, target } });
  if (direction === 'back') {
    if (!facts.hasComment) unmet.push({ rule: 'comment' });
    return unmet;
  }
  for (const code of itemsToEnter(workflow, target)) {
    if (!facts.done.has(code)) unmet.push({ rule: code, params: { roles: workflow.items[code].tickedBy } });
  }
  if (target === 'EN_TRAITEMENT') unmet.push(...unmetHardRules(facts.clearance, facts.light));
  return mergeByRule(unmet);
}

/**
 * The hard rules that fail: no session may start and treatment may not be entered without a signed prescription, a validated plan,
 * a machine, and a light that lets it treat. They hold whatever the workflow data says. A rule bears the name of the item that stands for it.
 */
export function unmetHardRules(clearance: Clearance, light: LightColour): Unmet[] {
  const unmet: Unmet[] = [];
  if (clearance.prescription === 'absent') unmet.push({ rule: 'prescription' });
  if (clearance.prescription !== 'signed') unmet.push({ rule: 'prescription_signed', params: { roles: ['oncologist'] } });
  if (!clearance.dosimetryQaSigned) unmet.push({ rule: 'qa_dosimetrie', params: { roles: ['physicist'] } });
  if (!clearance.oncologistSigned) unmet.push({ rule: 'signature_oncologue', params: { roles: ['oncologist'] } });
  if (clearance.machine === null) unmet.push({ rule: 'machine' });
  else if (blocks(light)) unmet.push({ rule: 'qa_machine_jour', params: { light, machine: clearance.machine } });
  return unmet;
}

/** Whether hard rules are watched in a status: from Prêt pour traitement on, until the dossier is closed. */
export function hardRulesApply(status: Status): boolean {
  return status === 'PRET_POUR_TRAITEMENT' || status === 'EN_TRAITEMENT';
}

/** What blocks a dossier now: a hard rule, or a stay longer than the status's maximum. Source: `dossiers.md`, "Tasks, blocked, deadlines". */
export function blockedBy(card: { status: Status; dueAt: string | null; clearance: Clearance }, light: LightColour, at: Date): Unmet[] {
  const unmet = hardRulesApply(card.status) ? unmetHardRules(card.clearance, light) : [];
  if (card.dueAt !== null && Date.parse(card.dueAt) <= at.getTime()) unmet.push({ rule: 'overdue', params: { dueAt: card.dueAt } });
  return unmet;
}

/**
 * The items that a move back unticks and whose signatures it revokes: those needed for every status it leaves behind. Going back to
 * À reprendre contourage leaves behind the locked contours and all that follows.
 */
export function revokedBy(workflow: Workflow, from: Status, target: Status): ItemCode[] {
  if (directionOf(workflow, from, target) !== 'back') return [];
  const first = target === 'A_REPRENDRE_CONTOURAGE' ? PATH.indexOf('PLAN_EN_REVUE') : PATH.indexOf(target) + 1;
  const last = target === 'A_REPRENDRE_CONTOURAGE' ? PATH.length : PATH.indexOf(from) + 1;
  return [...new Set(PATH.slice(first, last).flatMap((status) => workflow.statuses[status].required))];
}

/** Every status that one step leads to, with its direction, in the order of the path. */
export function stepsFrom(workflow: Workflow, from: Status): { target: Status; direction: Direction }[] {
  return STATUSES.flatMap((target) => {
    const direction = directionOf(workflow, from, target);
    return direction ? [{ target, direction }] : [];
  });
}

/** Whether the next forward move of a dossier is a role's: what the filter "À moi" shows. */
export function isMine(workflow: Workflow, status: Status, role: Role): boolean {
  return (
    may(role, 'dossiers:move') && workflow.statuses[status].forward.some((target) => rolesFor(workflow, status, target).includes(role))
  );
}

/** À reprendre contourage stands, for the items that must hold, where Contours validés leaves: before Plan en revue. */
function pathStep(status: Status): Status {
  return status === 'A_REPRENDRE_CONTOURAGE' ? 'CONTOURS_VALIDES' : status;
}

/** One entry per rule; the later one knows more (the light and the machine behind `qa_machine_jour`). */
function mergeByRule(unmet: Unmet[]): Unmet[] {
  const merged = new Map<string, Unmet>();
  for (const one of unmet) merged.set(one.rule, { rule: one.rule, params: { ...merged.get(one.rule)?.params, ...one.params } });
  return [...merged.values()];
}
