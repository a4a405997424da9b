import type { LightColour } from '#shared/qa/schemas.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import type { Unmet } from '#shared/dossiers/workflow.ts';
import { dayIn } from '#shared/time.ts';
import { format, locale, m, words } from '../i18n/index.ts';
import type { MachineLight } from '../machines/machine-lights.ts';
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
  if (light.reasons.length > 0) return light.reasons.join(' · ');
  return light.light === 'unknown' ? m.wall.lightNotSet : '';
}

/** When the light was determined; nothing for one that nobody set. */
export function lightSinceText({ light }: { light: { light: LightColour; asOf: string | null } }): string {
  return light.light === 'unknown' || light.asOf === null ? '' : m.wall.lightSince(format.time(light.asOf));
}

function lengthText(ms: number): string {
  return ms >= 24 * HOUR_MS && ms < IN_HOURS_UNTIL_MS ? m.wall.hours(format.number(Math.floor(ms / HOUR_MS))) : format.duration(ms);
}
