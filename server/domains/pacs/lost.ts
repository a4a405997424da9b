import { stat } from 'node:fs/promises';
import path from 'node:path';
import { InstanceModel, StudyModel } from './model.ts';

/** More than can be under way at once: what a crash has left is among the last rows of a study. */
const LAST_ROWS = 500;

/**
 * Removes rows whose file is not there: the process ended after the row was written and before its file had its name, so the object was never
 * acknowledged. Such rows are in open studies only, and the folder of their series is there; where that is missing, the archive itself is.
 *
 * @returns how many
 */
export async function forgetLost(root: string): Promise<number> {
  let lost = 0;
  for (const { _id: studyUid } of await StudyModel.find({ complete: false }, { _id: 1 }).lean()) {
    const rows = await InstanceModel.find({ studyUid }, { path: 1 }).sort({ storedAt: -1 }).limit(LAST_ROWS).lean();
    for (const row of rows) {
      const file = path.join(root, row.path);
      if ((await isThere(file)) || !(await isThere(path.dirname(file)))) continue;
      lost += (await InstanceModel.deleteOne({ _id: row._id, path: row.path })).deletedCount;
    }
  }
  return lost;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
