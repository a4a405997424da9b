import { expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from './default-workflow.ts';
import type { Status } from './statuses.ts';
import type { StatusRule, Workflow } from './workflow-schemas.ts';
import { faultsOf } from './workflow-faults.ts';

function changed(status: Status, rule: Partial<StatusRule>): Workflow {
  return { ...DEFAULT_WORKFLOW, statuses: { ...DEFAULT_WORKFLOW.statuses, [status]: { ...DEFAULT_WORKFLOW.statuses[status], ...rule } } };
}

it('the default workflow has no fault', () => {
  expect(faultsOf(DEFAULT_WORKFLOW)).toEqual([]);
});

it.each<[string, Status, Partial<StatusRule>, string]>([
  ['no way in', 'PLAN_VALIDE', { forward: [], back: ['PLAN_EN_REVUE'] }, 'PRET_POUR_TRAITEMENT: no way leads to it'],
  ['no way out', 'A_REPRENDRE_CONTOURAGE', { forward: [], back: [] }, 'A_REPRENDRE_CONTOURAGE: no way leads out of it'],
  ['nobody who may enter', 'EN_TRAITEMENT', { enter: [] }, 'EN_TRAITEMENT: no role may enter it'],
])('a status with %s is a fault', (_name, status, rule, fault) => {
  expect(faultsOf(changed(status, rule))).toContain(fault);
});
