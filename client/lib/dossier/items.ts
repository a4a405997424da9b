import type { Item } from '#shared/dossiers/schemas.ts';
import { PATH, type Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { blocks, gateOf } from '#shared/qa/lights.ts';
import type { Light } from '#shared/qa/schemas.ts';

/** Items as the page shows them: what the next step needs first, what is behind folded away, what comes later below. */
export interface ItemGroups {
  /** The status that the next step enters; undefined when there is none. */
  next: Status | undefined;
  /** Items of the next step, and required ones of earlier steps that do not hold (any more). */
  now: Item[];
  behind: { steps: number; items: Item[]; done: number };
  later: { status: Status; items: Item[] }[];
  /** Of `now`: how many are required, and how many of these hold. */
  required: number;
  requiredDone: number;
}

/** The next status on the way forward. */
export function nextOf(workflow: Workflow | undefined, status: Status): Status | undefined {
  return workflow?.statuses[status].forward[0];
}

/** Puts the items of a dossier in the order in which they matter. An item named for two statuses counts once, at the earlier one. */
export function groupItems(items: readonly Item[], status: Status, next: Status | undefined): ItemGroups {
  const border = PATH.indexOf(next ?? status);
  const once = items.filter((item, index) => items.findIndex((other) => other.code === item.code) === index);
  const placeOf = (item: Item) => PATH.indexOf(item.status);
  const isNow = (item: Item) => next !== undefined && (placeOf(item) === border || (placeOf(item) < border && item.required && !item.done));
  const now = once.filter(isNow);
  const behind = once.filter((item) => !isNow(item) && (next === undefined || placeOf(item) < border));
  const after = once.filter((item) => next !== undefined && placeOf(item) > border);
  const required = now.filter((item) => item.required);
  return {
    next,
    now,
    behind: { steps: new Set(behind.map((item) => item.status)).size, items: behind, done: behind.filter((item) => item.done).length },
    later: PATH.filter((one) => after.some((item) => item.status === one)).map((one) => ({
      status: one,
      items: after.filter((item) => item.status === one),
    })),
    required: required.length,
    requiredDone: required.filter((item) => item.done).length,
  };
}

/** The machine's item follows the light as it is at an instant: a light changes without the dossier. */
export function withLight(items: readonly Item[], light: Light | undefined, at: number): Item[] {
  return items.map((item) =>
    item.code === 'qa_machine_jour' && light
      ? { ...item, done: !blocks(gateOf(light, new Date(at))), evidence: light.light, at: light.asOf }
      : item,
  );
}
