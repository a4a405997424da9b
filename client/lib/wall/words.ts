import type { Machine } from '#shared/machines/schemas.ts';
import type { Unmet } from '#shared/dossiers/workflow.ts';
import { dayIn } from '#shared/time.ts';
import { format, locale, m, words } from '../i18n/index.ts';
import { overridden } from '#shared/qa/lights.ts';
import type { MachineLight } from '../machines/machine-lights.ts';
import { overrideText, reasonsOf } from '../qa/says.ts';
import type { Blocked } from './wall.ts';

const HOUR_MS = 3_600_000;
const IN_HOURS_UNTIL_MS = 48 * HOUR_MS;

/** Why a dossier is blocked, in a few words: the sentence of the board is too long for a wall. */
export function reasonText(blocked: Blocked, machines: readonly Machine[], now: number): string {
  return blocked.reasons.map((reason) => textOf(reason, blocked, machines, now)).join(' · ');
}

function textOf(reason: Unmet, { dossier }: Blocked, machines: readonly Machine[], now: number): string {
  const texts = m.wall.reasons;
  switch (reason.rule) {
    case 'prescription':
    case 'prescription_signed':
    case 'qa_dosimetrie':
    case 'signature_oncologue':
    case 'machine':
      return texts[reason.rule];
    case 'qa_machine_jour':
      return texts.onMachine(nameOfMachine(machines, dossier.clearance.machine), lightWord(reason.params?.light));
    case 'overdue':
      return texts.overdue(words().statuses[dossier.status], lengthText(now - Date.parse(dossier.dueAt ?? dossier.enteredAt)));
    default:
      return reason.rule;
  }
}

function lightWord(light: unknown): string {
  const { red, stopped, unknown } = m.wall.reasons.light;
  if (light === 'red') return red;
  return light === 'stopped' ? stopped : unknown;
}

function nameOfMachine(machines: readonly Machine[], id: string | null): string {
  return machines.find((one) => one.id === id)?.name ?? id ?? '';
}

/** `depuis 13:41` today, `depuis 26 h`, `depuis 3 j`. */
export function sinceText(since: number, now: number): string {
  const today = dayIn(locale.timezone, new Date(since)) === dayIn(locale.timezone, new Date(now));
  return m.wall.since(today ? format.time(since) : lengthText(now - since));
}

/** Why a machine has its light; an unknown one says what is missing. */
export function lightText({ light }: MachineLight): string {
  const reasons = reasonsOf(light);
  if (reasons.length > 0) return reasons.join(' · ');
  return light.light === 'unknown' ? m.wall.lightNotSet : '';
}

/** When the light was set; nothing for one that nobody set, or that the rules determine. */
export function lightSinceText({ light }: MachineLight): string {
  return light.light === 'unknown' || light.set === 'rules' || light.asOf === null ? '' : m.wall.lightSince(format.time(light.asOf));
}

/** What stands beside a light: an override in force, or since when its source is silent. */
export function lightMark({ light }: MachineLight, now: number): { kind: 'override' | 'silent'; text: string } | undefined {
  if (light.override && overridden(light, new Date(now))) return { kind: 'override', text: overrideText(light.override) };
  return light.silentSince ? { kind: 'silent', text: m.qa.silence(format.time(light.silentSince)) } : undefined;
}

/** Since when the source of a machine is silent, of the machines in view; the longest. */
export function silentSince(machines: readonly MachineLight[]): string | undefined {
  return machines.flatMap(({ light }) => light.silentSince ?? []).sort()[0];
}

function lengthText(ms: number): string {
  return ms >= 24 * HOUR_MS && ms < IN_HOURS_UNTIL_MS ? m.wall.hours(format.number(Math.floor(ms / HOUR_MS))) : format.duration(ms);
}
