import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseWallClock, type WallClock } from '#shared/qa/controls.ts';
import { ARTISCAN_TABLES } from '../../../../scripts/demo/artiscan/server.ts';
import { quoted } from './artiscan-query.ts';
import { failure, NEVER, NOW, openSite, studies, study, withColumn, without, type Site } from './testing/artiscan-site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.simulator.stop());

function wall(text: string): WallClock {
  const at = parseWallClock(text);
  if (!at) throw new Error('no date');
  return at;
}

describe('what is read', () => {
  test('each control once, however many results it joins, in the order of their numbers', async () => {
    site.simulator.controls.add(
      study(7, { results: [true, false, null] }),
      study(3, { moduleId: null, name: 'Contrôle qualité mensuel', results: [true, true] }),
    );
    const { controls, faults: rows, asOf } = await site.read();
    expect(controls).toEqual([
      { id: 3, objectId: 145, moduleId: null, name: 'Contrôle qualité mensuel', at: '2026-11-16T08:00:00.000', conform: null },
      { id: 7, objectId: 145, moduleId: 66, name: 'CQH 7', at: '2026-11-16T08:00:00.000', conform: null },
    ]);
    expect([rows, asOf]).toEqual([[], NOW]);
    await site.expectAllClosed();
  });

  test('a study without a result is no control yet', async () => {
    site.simulator.controls.add(study(1, { results: [] }));
    expect((await site.read()).controls).toEqual([]);
  });

  test('20,000 controls in one reading', async () => {
    site.simulator.controls.add(...studies(20_000));
    const { controls } = await site.read();
    expect(controls).toHaveLength(20_000);
    expect(controls.at(-1)).toMatchObject({ id: 20_000, name: 'CQH 20000' });
  });

  test('numbers of 64 bits; one that is no exact number is listed, the others are read', async () => {
    await site.restart({ tables: withColumn('Id_ControleStudy', 'bigint') });
    site.simulator.controls.add(study(0, { id: 9_007_199_254_740_991n }), study(0, { id: 9_007_199_254_740_993n }), study(1));
    const { controls, faults: rows } = await site.read();
    expect(controls.map(({ id }) => id)).toEqual([1, 9_007_199_254_740_991]);
    expect(rows).toEqual([{ where: 'row 3', fault: 'id' }]);
  });

  test('what has no machine is listed; no name is an empty one; the longest name comes whole', async () => {
    site.simulator.controls.add(study(1, { objectId: null }), study(2, { name: null }), study(3, { name: 'é'.repeat(4000) }));
    const { controls, faults: rows } = await site.read();
    expect(rows).toEqual([{ where: 'study 1', fault: 'machine' }]);
    expect(controls.map(({ name }) => name)).toEqual(['', 'é'.repeat(4000)]);
  });

  test.each(['datetime', 'datetime2(7)'])(
    'limits on a %s are half-open, and a control without a date comes only with everything',
    async (type) => {
      await site.restart({ tables: withColumn('StudyDate', type) });
      site.simulator.controls.add(
        study(1, { at: '2026-03-29T02:29:59.997' }),
        study(2, { at: '2026-03-29T02:30:00.000' }),
        study(3, { at: '2026-10-25T02:30:00.000' }),
        study(4, { at: null }),
      );
      const range = { since: wall('2026-03-29T02:30:00'), until: wall('2026-10-25T02:30:00') };
      const ids = async (asked: object) => (await site.source().read(asked, NEVER)).controls.map(({ id }) => id);
      expect(await ids(range)).toEqual([2]);
      expect(await ids({ since: range.since })).toEqual([2, 3]);
      expect(await ids({ since: wall('0001-01-01') })).toEqual(type === 'datetime' ? [1, 2, 3, 4] : [1, 2, 3]);
      expect(await ids({})).toEqual([1, 2, 3, 4]);
      expect(site.queries.filter((sql) => /\d{4}-\d\d|'/.test(sql))).toEqual([]);
    },
  );

  test('the years 1900 and 9999', async () => {
    await site.restart({ tables: withColumn('StudyDate', 'datetime2(7)') });
    site.simulator.controls.add(study(1, { at: '1900-01-01T00:00:00.000' }), study(2, { at: '9999-12-31T23:59:59.9999999' }));
    expect((await site.read()).controls.map(({ at }) => at)).toEqual(['1900-01-01T00:00:00.000', '9999-12-31T23:59:59.999']);
  });
});

describe('conformity', () => {
  const conformity = [{ column: 'Conforme', conformWhen: ['true'] }];

  test('is not known without a column for it', async () => {
    site.simulator.controls.add(study(1, { results: [true] }), study(2, { results: [false] }));
    expect((await site.read()).controls.map(({ conform }) => conform)).toEqual([null, null]);
  });

  test.each<[results: (boolean | null)[], conform: boolean | null]>([
    [[true, true], true],
    [[true, false], false],
    [[null, false], false],
    [[true, null], null],
    [[null], null],
  ])('of results %o is %s', async (results, conform) => {
    site.simulator.controls.add(study(1, { results }));
    expect((await site.read({}, { conformity })).controls.map((control) => control.conform)).toEqual([conform]);
  });

  test('a text counts without its case and outer blanks', async () => {
    await site.restart({ tables: withColumn('Conforme', 'nvarchar(20)') });
    site.simulator.controls.add(study(1));
    site.simulator.controls.judge(1, 'JUSTE ');
    expect((await site.read({}, { conformity: [{ column: 'conforme', conformWhen: ['ok', ' Juste '] }] })).controls[0]?.conform).toBe(true);
  });
});

describe('the form of the tables', () => {
  test('is looked at before anything is read', async () => {
    expect(await site.source().check(NEVER)).toEqual([]);
    await site.expectAllClosed();
  });

  test('what is missing is named, and nothing is read', async () => {
    await site.restart({ tables: without('Id_UserModule') });
    site.simulator.controls.add(study(1));
    const missing = [{ kind: 'column', table: 'CONTROLE_STUDY', column: 'Id_UserModule' }];
    expect(await site.source().check(NEVER)).toEqual(missing);
    const failed = await failure(site.read());
    expect([failed.code, failed.faults]).toEqual(['schema', missing]);
    expect(failed.message).toContain('column CONTROLE_STUDY.Id_UserModule is missing');
    expect(site.queries.filter((sql) => sql.includes('CONTROLE_STUDY'))).toEqual([]);
  });

  test('a missing table, a missing column of conformity and a date that is an instant are named at once', async () => {
    await site.restart({ tables: [{ name: 'CONTROLE_STUDY', columns: [{ name: 'StudyDate', type: 'datetimeoffset' }] }] });
    expect(await site.source().check(NEVER)).toMatchObject([
      { kind: 'table', table: 'RESULT' },
      { kind: 'column', column: 'Id_ControleStudy' },
      { kind: 'type', column: 'StudyDate', found: 'datetimeoffset' },
      { kind: 'column', column: 'Id_Object' },
      { kind: 'column', column: 'Id_UserModule' },
      { kind: 'column', column: 'Name' },
    ]);
    await site.restart({});
    expect(await site.source({}, { conformity: [{ column: 'Verdict', conformWhen: ['1'] }] }).check(NEVER)).toEqual([
      { kind: 'column', table: 'RESULT', column: 'Verdict' },
    ]);
  });

  test('a server of another collation spells the columns its own way and sorts as it likes', async () => {
    await site.restart({
      tables: ARTISCAN_TABLES.map((table) => ({
        ...table,
        columns: table.columns.map(({ name, type }) => ({ name: name.toUpperCase(), type })),
      })),
    });
    site.simulator.controls.add(study(12), study(9), study(10));
    expect((await site.read()).controls.map(({ id }) => id)).toEqual([9, 10, 12]);
  });

  test('a configured name stays a name, whatever is in it', async () => {
    expect(quoted('Na]me; DROP TABLE x--')).toBe('[Na]]me; DROP TABLE x--]');
    expect((await failure(site.read({}, { name: 'Name] FROM x; DROP TABLE RESULT--' }))).faults).toMatchObject([{ kind: 'column' }]);
  });
});

describe('wall clocks', () => {
  const walls = ['2026-03-29T02:30:00.000', '2026-10-25T02:30:00.000', '2026-10-25T02:30:00.003', '2026-11-20T23:59:59.997'];

  test.each(['Europe/Paris', 'America/New_York', 'UTC'])('keep their digits in a process of zone %s', async (zone) => {
    site.simulator.controls.add(...walls.map((at, index) => study(index + 1, { at })));
    const asked = { server: site.server(), since: walls[0], until: '2026-11-21T00:00:00.000' };
    const child = new URL('./testing/read-child.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(asked)], {
      env: { ...process.env, TZ: zone, NODE_OPTIONS: '' },
    });
    expect(JSON.parse(stdout)).toEqual({ zone, walls });
  });
});
