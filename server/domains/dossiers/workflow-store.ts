import { DEFAULT_WORKFLOW } from '#shared/dossiers/default-workflow.ts';
import type { Workflow } from '#shared/dossiers/statuses.ts';
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
