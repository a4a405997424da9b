import type { Refusal } from '#shared/errors.ts';
import type { Move } from '#shared/dossiers/schemas.ts';
import { STATUSES, type ItemCode, type Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { stepsFrom, type Direction } from '#shared/dossiers/workflow.ts';

/** What a column says to the card that is lifted. */
export type Gate =
  | { kind: 'own' }
  /** A step; whether it may be made is being asked. */
  | { kind: 'asking'; direction: Direction }
  | { kind: 'open'; direction: Direction; revokes: readonly ItemCode[] }
  | { kind: 'refused'; direction: Direction; reasons: readonly Refusal[] }
  | { kind: 'no-step' };

export type Gates = Readonly<Record<Status, Gate>>;

/**
 * What every column says to a card. What the server answered holds; until it has, the workflow tells the steps from what is no step.
 */
export function gatesFor(from: Status, moves: readonly Move[] | undefined, workflow: Workflow | undefined): Gates {
  const gates = STATUSES.map((status): [Status, Gate] => {
    if (status === from) return [status, { kind: 'own' }];
    return [status, moves ? answered(moves, status) : expected(from, status, workflow)];
  });
  return Object.fromEntries(gates) as Record<Status, Gate>; // one entry per status, made just here
}

/** The columns among which the keyboard chooses: those that may be entered and the card's own, in the board's order. */
export function choicesIn(gates: Gates): Status[] {
  return STATUSES.filter((status) => gates[status].kind === 'open' || gates[status].kind === 'own');
}

function answered(moves: readonly Move[], target: Status): Gate {
  const move = moves.find((one) => one.target === target);
  if (!move) return { kind: 'no-step' };
  const { direction, revokes, reasons } = move;
  return move.allowed ? { kind: 'open', direction, revokes } : { kind: 'refused', direction, reasons };
}

function expected(from: Status, target: Status, workflow: Workflow | undefined): Gate {
  const step = workflow && stepsFrom(workflow, from).find((one) => one.target === target);
  return step ? { kind: 'asking', direction: step.direction } : { kind: 'no-step' };
}
