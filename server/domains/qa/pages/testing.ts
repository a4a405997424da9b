import { parseWallClock, type QaType } from '#shared/qa/controls.ts';
import { MachineFields } from '#shared/machines/schemas.ts';
import { putMachine } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { startTestApp, type TestApp } from '#server/testing/app.ts';
import { ControlModel, SourceModel, type ControlRow } from '../controls-model.ts';

/** For tests: modules by which the rules of the start know a type. */
export const MODULE = { CQH: 66, CQM: 97, CQS: 96, CQQ: 25 } as const;
/** A Wednesday. */
export const NOW = new Date('2026-11-18T11:00:00Z');

let rev = 0;

/** For tests: an application at noon of Wednesday 18 November 2026, whose controls were just read; `versa-hd-1` is number 159 and `tomo1` number 99. */
export async function startQaApp(): Promise<TestApp> {
  const test = await startTestApp();
  test.clock.advance(NOW.getTime() - test.clock.now().getTime());
  const { ctx } = test;
  await machine(ctx, { id: 'versa-hd-1', name: 'Versa HD 1', shortName: 'VHD1', artiscanObjectId: 159, qaTypes: ['CQH', 'CQM', 'CQS'] });
  await machine(ctx, { id: 'versa-hd-2', name: '=Versa "HD" 2', shortName: 'VHD2', artiscanObjectId: 182, qaTypes: ['CQH', 'CQQ'] });
  await machine(ctx, { id: 'tomo1', name: 'TOMO1', shortName: 'TOMO1', artiscanObjectId: 99, qaTypes: ['CQH'], byNameOnly: true });
  await machine(ctx, { id: 'scanner', name: 'Scanner', shortName: 'CT', qaTypes: [] });
  return test;
}

interface Fields {
  id: string;
  name: string;
  shortName: string;
  artiscanObjectId?: number;
  qaTypes: QaType[];
  byNameOnly?: boolean;
}

async function machine(ctx: Context, { id, ...fields }: Fields): Promise<void> {
  await putMachine(ctx, { id, ...MachineFields.parse({ kind: 'linac', colour: '#0288D1', ...fields }) });
}

/** For tests: a weekly control of `versa-hd-1` unless told otherwise. */
export function row(_id: number, at: string | null, other: Partial<ControlRow> = {}): ControlRow {
  const wall = at === null ? null : (parseWallClock(at) ?? null);
  return { _id, objectId: 159, moduleId: MODULE.CQH, name: 'Hebdo faisceaux', at: wall, conform: null, gone: false, rev: 0, ...other };
}

/** For tests: controls as the source gave them at an instant. */
export async function read(rows: readonly ControlRow[], at: Date): Promise<void> {
  rev += 1;
  await ControlModel.bulkWrite(
    rows.map(({ _id, ...fields }) => ({ updateOne: { filter: { _id }, update: { $set: { ...fields, rev } }, upsert: true } })),
  );
  const state = { kind: 'artiscan', rev, asOf: at, triedAt: at, wholeAt: at, failure: null, missing: [], faults: [], watermark: null };
  await SourceModel.updateOne({ _id: 'source' }, { $set: { ...state, controls: rows.length, changed: rows.length } }, { upsert: true });
}

/** For tests: some weeks of three machines, and one control of each kind that is left out. What pages say of them is counted by hand in the tests. */
export const ROWS: readonly ControlRow[] = [
  row(1, '2026-11-03T08:00'),
  row(2, '2026-10-27T08:00', { conform: false }),
  row(3, '2026-11-04T09:00', { moduleId: MODULE.CQM, name: 'CQM', conform: true }),
  row(5, '2026-11-07T08:00'),
  row(6, '2026-11-10T08:00', { name: 'CQH à supp' }),
  row(7, '2026-11-10T08:00', { objectId: 777 }),
  row(8, '2026-10-15T08:00', { moduleId: 4242, name: 'VHD1 Énergie : faisceau du 12' }),
  row(9, null),
  row(10, '2026-12-01T08:00'),
  row(20, '2026-11-17T08:00', { objectId: 182 }),
  row(21, '2026-11-18T07:00', { objectId: 182, moduleId: MODULE.CQQ, name: 'Top du jour' }),
  row(30, '2026-11-16T08:00', { objectId: 99, moduleId: 24, name: 'CQH TOMO1' }),
  row(31, '2026-11-16T08:00', { objectId: 99, moduleId: 24, name: 'Étalonnage dose TOMO1 12' }),
];
