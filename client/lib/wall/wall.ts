import { STATUSES, type Status } from '#shared/dossiers/statuses.ts';
import { blockedBy, hardRulesApply, type Unmet } from '#shared/dossiers/workflow.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { blocks, gateOf, lightAt } from '#shared/qa/lights.ts';
import type { Light, LightColour } from '#shared/qa/schemas.ts';
import type { WallDossierFact } from '#shared/screens/events.ts';
import type { WallDossier, WallSnapshot } from '#shared/screens/schemas.ts';
import { dayIn } from '#shared/time.ts';
import type { Fact } from '../live/index.ts';
import { machineLights, type MachineLight } from '../machines/machine-lights.ts';

/** At most so many strips and machines; the rest is counted, never scrolled. */
export const MAX_STRIPS = 3;
export const MAX_MACHINES = 8;

/** A dossier that is blocked, why, and since when. */
export interface Blocked {
  dossier: WallDossier;
  reasons: Unmet[];
  since: number;
}

/** One of the nine counts. */
export interface Count {
  status: Status;
  count: number;
  blocked: number;
}

/** The state after a fact. A fact that is already in the state, or older than it, changes nothing. */
export function applyFact(wall: WallSnapshot, fact: Fact): WallSnapshot {
  if (fact.type === 'wall:dossier') return withDossier(wall, fact.data);
  if (fact.type === 'light:changed') return withLight(wall, fact.data.light);
  if (fact.type === 'machine:changed') return withMachine(wall, fact.data.machine);
  return wall;
}

function withDossier(wall: WallSnapshot, fact: WallDossierFact): WallSnapshot {
  const { dossier } = fact;
  const known = wall.dossiers.find((one) => one.key === dossier.key);
  if (known && known.version > dossier.version) return wall;
  const others = wall.dossiers.filter((one) => one !== known);
  return {
    ...wall,
    dossiers: dossier.status === 'CLOTURE' ? others : [...others, dossier],
    closedThisMonth: fact.closedThisMonth ?? wall.closedThisMonth,
  };
}

function withLight(wall: WallSnapshot, light: Light): WallSnapshot {
  const known = wall.lights.find((one) => one.machine === light.machine);
  // A light has no version: the one determined later holds.
  if (known?.asOf && light.asOf && Date.parse(known.asOf) > Date.parse(light.asOf)) return wall;
  return { ...wall, lights: [...wall.lights.filter((one) => one !== known), light] };
}

function withMachine(wall: WallSnapshot, machine: Machine): WallSnapshot {
  const at = wall.machines.findIndex((one) => one.id === machine.id);
  const known = wall.machines[at];
  if (!known) return { ...wall, machines: [...wall.machines, machine] };
  return known.version > machine.version ? wall : { ...wall, machines: wall.machines.with(at, machine) };
}

/** Whether a month began since the state was fetched: what was closed is counted anew then. Facts do not move `at`, so none hides it. */
export function monthIsOver(wall: WallSnapshot, now: number): boolean {
  const month = (at: Date) => dayIn(wall.site.timezone, at).slice(0, 7);
  return now > Date.parse(wall.at) && month(new Date(wall.at)) !== month(new Date(now));
}

/** The blocked dossiers: those whose treatment is held first, then those that wait for it, then late ones; the longest first. */
export function blockedOf(wall: WallSnapshot, now: number): Blocked[] {
  const at = new Date(now);
  const lights = new Map(wall.lights.map((light) => [light.machine, light]));
  const blocked = wall.dossiers.flatMap((dossier) => {
    const { machine } = dossier.clearance;
    const light = machine === null ? undefined : lightAt(lights.get(machine), machine, at);
    const reasons = blockedBy(dossier, light ? gateOf(light, at) : 'none', at);
    return reasons.length > 0 ? [{ dossier, reasons, since: sinceOf(dossier, reasons, light) }] : [];
  });
  return blocked.sort((a, b) => rank(a) - rank(b) || a.since - b.since || a.dossier.key.localeCompare(b.dossier.key));
}

/** The nine counts, in the order of the path; the last one counts what was closed this month. */
export function countsOf(wall: WallSnapshot, blocked: readonly Blocked[]): Count[] {
  return STATUSES.map((status) => ({
    status,
    count: status === 'CLOTURE' ? wall.closedThisMonth : wall.dossiers.filter((one) => one.status === status).length,
    blocked: blocked.filter((one) => one.dossier.status === status).length,
  }));
}

/** Whether every count leaves room for its blocked number beside it; else all stand below, in one line. */
export function fitBeside(counts: readonly Count[]): boolean {
  const digits = (n: number) => String(n).length;
  return counts.every(({ count, blocked }) => blocked === 0 || 2 * digits(count) + digits(blocked) <= 5);
}

/** The active machines in the registry's order with their light now. When they do not all fit, those that keep from treating stay. */
export function machinesOf(wall: WallSnapshot, now: number): { shown: MachineLight[]; others: number; blocking: number } {
  const all = machineLights(wall.machines, wall.lights, now);
  const kept = new Set([...all].sort((a, b) => URGENCY.indexOf(a.light.light) - URGENCY.indexOf(b.light.light)).slice(0, MAX_MACHINES));
  return {
    shown: all.filter((one) => kept.has(one)),
    others: all.length - kept.size,
    blocking: all.filter((one) => blocks(gateOf(one.light, new Date(now)))).length,
  };
}

const URGENCY: readonly LightColour[] = ['red', 'unknown', 'stopped', 'amber', 'justified', 'green', 'none'];

function rank({ dossier, reasons }: Blocked): number {
  const held = hardRulesApply(dossier.status) && reasons.some((one) => one.rule !== 'overdue');
  if (!held) return 2;
  return dossier.status === 'EN_TRAITEMENT' ? 0 : 1;
}

/** Since when: the first of its reasons that began. Only a light and a due time say when they began; else it is the entry into the status. */
function sinceOf(dossier: WallDossier, reasons: readonly Unmet[], light: Light | undefined): number {
  const entered = Date.parse(dossier.enteredAt);
  const starts = reasons.map((one) => {
    if (one.rule === 'overdue' && dossier.dueAt !== null) return Date.parse(dossier.dueAt);
    if (one.rule === 'qa_machine_jour' && light?.asOf) return Math.max(entered, Date.parse(light.asOf));
    return entered;
  });
  return Math.min(...starts);
}
