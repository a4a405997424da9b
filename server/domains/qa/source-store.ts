import type { SourceState } from '#shared/qa/page-schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { ControlModel, SourceModel, type ControlRow, type SourceRow } from './controls-model.ts';

/** Another process changed the controls since this one looked. */
export class Overtaken extends Error {}

export function readSource(): Promise<SourceRow | null> {
  return SourceModel.findById('source').lean<SourceRow | null>();
}

/** The state of the source as the contract has it. */
export async function sourceState(): Promise<SourceState> {
  return presentSource(await readSource());
}

export function presentSource(row: SourceRow | null): SourceState {
  if (!row) return { kind: null, lastReadAt: null, lastTriedAt: null, failure: null, missing: [], faults: [], controls: 0, changed: 0 };
  const { kind, asOf, triedAt, failure, missing, faults, controls, changed } = row;
  return {
    kind,
    lastReadAt: asOf?.toISOString() ?? null,
    lastTriedAt: triedAt.toISOString(),
    failure: failure && { code: failure.code, since: failure.since.toISOString() },
    missing,
    faults,
    controls,
    changed,
  };
}

/** The state of the source, made when there is none yet. */
export async function beginSource(kind: SourceRow['kind'], now: Date): Promise<SourceRow> {
  const none = { rev: 0, version: 0, asOf: null, wholeAt: null, failure: null, missing: [], faults: [], watermark: null };
  const first: SourceRow = { _id: 'source', kind, ...none, triedAt: now, controls: 0, changed: 0 };
  const { _id, ...fields } = first;
  await SourceModel.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
  return (await readSource()) ?? first;
}

/**
 * Writes rows inside an act, all with the next number, which is the source's from then on: whoever knows the controls up to a number finds every later
 * change by it. Only who knows the last one may go on.
 *
 * @throws Overtaken when another process wrote since
 */
export async function writeChunk(rows: readonly Row[], { fresh, seen }: { fresh: ReadonlySet<number>; seen: number }): Promise<number> {
  const rev = seen + 1;
  const row = await SourceModel.findOneAndUpdate({ _id: 'source', rev: seen }, { $set: { rev } }).lean();
  if (!row) throw new Overtaken();
  // Fifteen years of controls are new at first, and added at once they are there in a tenth of the time.
  const added = rows.filter(({ _id }) => fresh.has(_id)).map((one) => ({ ...one, rev }));
  if (added.length > 0) await ControlModel.insertMany(added, { lean: true });
  const others = rows.filter(({ _id }) => !fresh.has(_id));
  await ControlModel.bulkWrite(
    others.map(({ _id, ...fields }) => ({ updateOne: { filter: { _id }, update: { $set: { ...fields, rev } } } })),
  );
  return rev;
}
type Row = Omit<ControlRow, 'rev'>;

interface Finish {
  state: Omit<SourceRow, '_id' | 'rev'>;
  rev: number;
  /** Whether controls came, changed or went. */
  controls: boolean;
  /** Audited when something happened; told live each time, because its age is shown. */
  action: string | undefined;
}

/** Ends a reading inside an act, well or badly. @throws Overtaken when another process wrote since */
export async function finishSource(ctx: Context, { state, rev, controls, action }: Finish): Promise<void> {
  const row = await SourceModel.findOneAndUpdate({ _id: 'source', rev }, { $set: state }).lean();
  if (!row) throw new Overtaken();
  const source = presentSource({ _id: 'source', rev, ...state });
  const fact = { type: 'qa:source', data: { source, controls, machines: [] } };
  const live = [
    { topic: 'qa' as const, ...fact },
    { topic: 'wall' as const, ...fact },
  ];
  if (action) await ctx.record({ action, subject: 'qa:source', details: { failure: state.failure?.code, changed: state.changed }, live });
  else ctx.announce(live);
}
