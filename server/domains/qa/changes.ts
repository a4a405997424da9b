import type { Control } from '#shared/qa/controls.ts';
import { ControlModel, type ControlRow } from './controls-model.ts';

/** What a reading would change: rows as they will be, without the number of the change. */
export interface Changes {
  changed: Omit<ControlRow, 'rev'>[];
  /** Which of the changed ones were never there. */
  fresh: ReadonlySet<number>;
  /** Those that were there and are no longer. */
  gone: Omit<ControlRow, 'rev'>[];
  /** By how many there are more controls then. */
  more: number;
}

export const NO_CHANGES: Changes = { changed: [], fresh: new Set(), gone: [], more: 0 };

const AT_ONCE = 5000;

/** Compares what was read since a date (or all) with what is known. A control that has another date now is found by its number. */
export async function changesIn(controls: readonly Control[], since: string | undefined): Promise<Changes> {
  const known = new Map(
    (await ControlModel.find(since === undefined ? { rev: { $gt: 0 } } : { at: { $gte: since } }).lean()).map((row) => [row._id, row]),
  );
  if (since !== undefined) await addByNumber(known, controls);
  const read = new Set(controls.map(({ id }) => id));
  const changed = controls.filter((control) => !same(control, known.get(control.id))).map(rowOf);
  const gone = [...known.values()].filter((row) => !row.gone && !read.has(row._id)).map(({ rev: _, ...row }) => ({ ...row, gone: true }));
  const back = changed.filter(({ _id }) => known.get(_id)?.gone !== false).length;
  return { changed, gone, fresh: new Set(changed.map(({ _id }) => _id).filter((id) => !known.has(id))), more: back - gone.length };
}

async function addByNumber(known: Map<number, ControlRow>, controls: readonly Control[]): Promise<void> {
  const others = controls.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  for (let begin = 0; begin < others.length; begin += AT_ONCE) {
    const rows = await ControlModel.find({ _id: { $in: others.slice(begin, begin + AT_ONCE) } }).lean();
    for (const row of rows) known.set(row._id, row);
  }
}

function rowOf({ id, objectId, moduleId, name, at, conform }: Control): Omit<ControlRow, 'rev'> {
  return { _id: id, objectId, moduleId, name, at, conform, gone: false };
}

function same({ objectId, moduleId, name, at, conform }: Control, row: ControlRow | undefined): boolean {
  if (!row || row.gone) return false;
  return row.objectId === objectId && row.moduleId === moduleId && row.name === name && row.at === at && row.conform === conform;
}
