import { STATUSES, type Status } from './statuses.ts';
import { type Workflow } from './workflow-schemas.ts';

/**
 * What makes a workflow unusable: a status that nothing leads to, one that nothing leads out of, a step that no role may make. Item and role names are
 * checked by the schema. Empty when it can be used.
 */
export function faultsOf(workflow: Workflow): string[] {
  const reached = reachedFrom(workflow, 'A_PREPARER');
  return STATUSES.flatMap((status) => {
    const { forward, back, enter } = workflow.statuses[status];
    const faults: string[] = [];
    if (!reached.has(status)) faults.push(`${status}: no way leads to it`);
    if (status !== 'CLOTURE' && forward.length + back.length === 0) faults.push(`${status}: no way leads out of it`);
    if (enter.length === 0) faults.push(`${status}: no role may enter it`);
    return faults;
  });
}

function reachedFrom(workflow: Workflow, start: Status): Set<Status> {
  const reached = new Set<Status>([start]);
  for (const status of reached) {
    const { forward, back } = workflow.statuses[status];
    for (const next of [...forward, ...back]) reached.add(next); // a Set is walked on while it grows
  }
  return reached;
}
