import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseWallClock, type WallClock } from '#shared/qa/controls.ts';
import type { SimulatedControl } from '../../../../scripts/demo/artiscan/server.ts';
import { csvSource } from './csv.ts';
import type { QaSource } from './port.ts';
import { failure, NEVER, NOW, openSite, study } from './testing/artiscan-site.ts';

/** One implementation of the port, with what it reads from. */
interface Bench {
  source: QaSource;
  /** Makes these all the controls there are. */
  put(controls: readonly SimulatedControl[]): Promise<void>;
  breakForm(): Promise<void>;
  /** What a broken form is called. */
  broken: string;
  takeAway(): Promise<void>;
  close(): Promise<void>;
}

const BENCHES: readonly (readonly [kind: string, open: () => Promise<Bench>])[] = [
  ['artiscan', openArtiscan],
  ['csv', openCsv],
];

describe.each(BENCHES)('a source of kind %s', (kind, open) => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await open();
  });
  afterEach(() => bench.close());
  const read = (range = {}, signal = NEVER) => bench.source.read(range, signal);

  test('says its kind, and that its form is right', async () => {
    await bench.put([study(1)]);
    expect(bench.source.kind).toBe(kind);
    expect(await bench.source.check(NEVER)).toEqual([]);
  });

  test('gives each control once, by number, with the words of its name as they are', async () => {
    const composed = 'Contrôle qualité mensuel à supp';
    await bench.put([
      study(9, { name: composed.normalize('NFD'), moduleId: null }),
      study(7, { name: 'Top du jour; « 6 MV » "10 MV"', at: '2026-11-19T07:41:12.000' }),
      study(8, { name: composed }),
    ]);
    const { controls, faults, asOf } = await read();
    expect(controls).toEqual([
      { id: 7, objectId: 145, moduleId: 66, name: 'Top du jour; « 6 MV » "10 MV"', at: '2026-11-19T07:41:12.000', conform: null },
      { id: 8, objectId: 145, moduleId: 66, name: composed, at: '2026-11-16T08:00:00.000', conform: null },
      { id: 9, objectId: 145, moduleId: null, name: composed.normalize('NFD'), at: '2026-11-16T08:00:00.000', conform: null },
    ]);
    expect([faults, asOf]).toEqual([[], NOW]);
  });

  test('gives unknown machines too: nobody else would see them', async () => {
    await bench.put([study(1, { objectId: 999_999 })]);
    expect((await read()).controls).toMatchObject([{ objectId: 999_999 }]);
  });

  test('gives wall clocks as they stand, on the nights of the clock changes too', async () => {
    const walls = ['2026-03-29T02:30:00.000', '2026-10-25T02:30:00.000', '1900-01-01T00:00:00.000', '9999-12-31T23:59:59.000'];
    await bench.put(walls.map((at, index) => study(index + 1, { at })));
    expect((await read()).controls.map(({ at }) => at)).toEqual(walls);
  });

  test('reads a half-open range; what has no date comes with everything only', async () => {
    await bench.put([
      study(1, { at: '2026-11-01T23:59:59.000' }),
      study(2, { at: '2026-11-02T00:00:00.000' }),
      study(3, { at: '2026-11-05T00:00:00.000' }),
      study(4, { at: null }),
    ]);
    const ids = async (range: object) => (await read(range)).controls.map(({ id }) => id);
    expect(await ids({ since: wall('2026-11-02'), until: wall('2026-11-05') })).toEqual([2]);
    expect(await ids({ since: wall('2026-11-02') })).toEqual([2, 3]);
    expect(await ids({ until: wall('2026-11-02') })).toEqual([1]);
    expect((await read()).controls.map(({ id, at }) => [id, at])).toContainEqual([4, null]);
  });

  test('follows what was renamed, dated anew and deleted', async () => {
    await bench.put([study(1), study(2), study(3)]);
    expect((await read()).controls).toHaveLength(3);
    await bench.put([study(1, { name: 'CQH 1 à supp' }), study(3, { at: '2026-11-09T08:00:00.000' })]);
    expect((await read()).controls.map(({ id, name, at }) => [id, name, at])).toEqual([
      [1, 'CQH 1 à supp', '2026-11-16T08:00:00.000'],
      [3, 'CQH 3', '2026-11-09T08:00:00.000'],
    ]);
  });

  test('gives the same when it is read again', async () => {
    await bench.put([study(1), study(2)]);
    expect(await read()).toEqual(await read());
  });

  test('with nothing in it is not a failure', async () => {
    await bench.put([]);
    expect((await read()).controls).toEqual([]);
  });

  test('says that its form is not right', async () => {
    await bench.breakForm();
    expect((await failure(read())).code).toBe(bench.broken);
  });

  test('that went away is a failure of its own', async () => {
    await bench.put([study(1)]);
    await bench.takeAway();
    expect((await failure(read())).code).toBe('unreachable');
  });

  test('stops when it is told to', async () => {
    await bench.put([study(1)]);
    expect((await failure(read({}, AbortSignal.abort()))).code).toBe('stopped');
    expect((await read()).controls).toHaveLength(1);
  });
});

async function openArtiscan(): Promise<Bench> {
  const site = await openSite();
  let there: readonly SimulatedControl[] = [];
  return {
    source: { kind: 'artiscan', read: (...given) => site.source().read(...given), check: (signal) => site.source().check(signal) },
    put(controls) {
      for (const { id } of there) site.simulator.controls.remove(Number(id));
      site.simulator.controls.add(...controls);
      there = controls;
      return Promise.resolve();
    },
    breakForm: () => site.restart({ tables: [] }),
    broken: 'schema',
    takeAway: () => site.simulator.stop(),
    close: () => site.simulator.stop(),
  };
}

async function openCsv(): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vigie-qa-csv-'));
  const source = csvSource({ folder, now: () => NOW, settleMs: 20 });
  const cell = (value: SimulatedControl['id' | 'name' | 'moduleId']) => `"${String(value ?? 'NULL').replaceAll('"', '""')}"`;
  return {
    source,
    async put(controls) {
      const rows = controls.map(({ id, objectId, moduleId, name, at }) => [id, objectId, moduleId, name, at].map(cell).join(';'));
      const text = ['Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate', ...rows, ''].join('\r\n');
      await rm(path.join(folder, 'done'), { recursive: true, force: true });
      expect(await source.take({ name: 'export.csv', bytes: Buffer.from(`\uFEFF${text}`), whole: true })).toMatchObject({ taken: true });
    },
    breakForm: () => writeFile(path.join(folder, 'export.csv'), 'something;else\n1;2\n'),
    broken: 'absent',
    async takeAway() {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'no folder any more');
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function wall(text: string): WallClock {
  const at = parseWallClock(text);
  if (!at) throw new Error('no date');
  return at;
}
