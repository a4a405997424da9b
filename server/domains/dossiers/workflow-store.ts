import { DEFAULT_WORKFLOW } from '#shared/dossiers/default-workflow.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { faultsOf } from '#shared/dossiers/workflow-faults.ts';
import type { Context } from '#server/platform/context.ts';
import { Invalid } from '#server/platform/errors.ts';
import { canonicalJson } from './canonical.ts';
import { WorkflowModel } from './model.ts';

/** The workflow in force. Read anew for every act: what an administrator changed holds from the next request on. */
export async function currentWorkflow(): Promise<Workflow> {
  const stored = await WorkflowModel.findOne({}, { _id: 0 }).sort({ version: -1 }).lean();
  return stored ?? DEFAULT_WORKFLOW;
}

/** Stores the default workflow at the first start. Two processes may try at once: the unique version lets one win. */
export async function ensureWorkflow(): Promise<void> {
  const { version, ...rest } = DEFAULT_WORKFLOW;
  await WorkflowModel.updateOne({ version }, { $setOnInsert: rest }, { upsert: true });
}

/**
 * Stores a workflow of a settings file as the next version, unless it is the one in force.
 *
 * @throws Invalid with every fault when a status could not be reached or left.
 */
export async function importWorkflow(ctx: Context, workflow: Workflow): Promise<Workflow> {
  const faults = faultsOf(workflow);
  if (faults.length > 0) throw new Invalid(faults.map((message) => ({ where: 'workflow', message })));
  const current = await currentWorkflow();
  const next = { ...workflow, version: current.version };
  if (canonicalJson(next) === canonicalJson(current)) return current;
  next.version += 1;
  await WorkflowModel.create([next]);
  await ctx.record({
    action: 'workflow.changed',
    subject: `workflow:${next.version}`,
    live: [{ topic: 'settings', type: 'workflow:changed', data: { workflow: next } }],
  });
  return next;
}
