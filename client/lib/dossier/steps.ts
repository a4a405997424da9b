import type { Dossier } from '#shared/dossiers/schemas.ts';
import { PATH, STATUSES, type Status } from '#shared/dossiers/statuses.ts';

export interface Step {
  status: Status;
  state: 'done' | 'now' | 'todo';
  /** When it was entered last, and by whom; undefined where it was not, or is ahead again after a move back. */
  enteredAt: string | undefined;
  by: string | undefined;
  detour: boolean;
}

/** The path of a dossier, in order: what was passed, where it is, what is to come. À reprendre contourage shows only while it is the place. */
export function stepsOf({ status, path }: Pick<Dossier, 'status' | 'path'>): Step[] {
  const shown = STATUSES.filter((one) => PATH.includes(one) || one === status);
  const here = shown.indexOf(status);
  return shown.map((one, place) => {
    const entry = path.find((step) => step.status === one);
    const passed = place < here && !(status === 'A_REPRENDRE_CONTOURAGE' && one === 'PLAN_EN_REVUE');
    const state = stateAt(place === here, passed);
    const known = state === 'todo' ? undefined : entry;
    return { status: one, state, enteredAt: known?.enteredAt, by: known?.by, detour: one === 'A_REPRENDRE_CONTOURAGE' };
  });
}

/** The step's number on the way of eight, as a phone says it; undefined on the detour. */
export function numberOf(status: Status): number | undefined {
  const place = PATH.indexOf(status);
  return place < 0 ? undefined : place + 1;
}

function stateAt(here: boolean, passed: boolean): Step['state'] {
  if (here) return 'now';
  return passed ? 'done' : 'todo';
}
