import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { storedDate, type Cell } from './types.ts';

// The two tables of Artiscan that the reader knows, in SQLite in memory: a real engine runs the date range, the join and the NULLs.

export interface Column {
  name: string;
  type: string;
}
export interface Table {
  name: string;
  columns: readonly Column[];
}

/** A control with its results: whether each conforms. */
export interface SimulatedControl {
  id: number | bigint;
  objectId: number | bigint | null;
  moduleId: number | bigint | null;
  name: string | null;
  /** Wall clock: `2026-10-25T02:30:00.000`. */
  at: string | null;
  results?: readonly (boolean | null)[];
}

export const ARTISCAN_TABLES: readonly Table[] = [
  {
    name: 'CONTROLE_STUDY',
    columns: [
      { name: 'Id_ControleStudy', type: 'int' },
      { name: 'Id_Object', type: 'int' },
      { name: 'Id_UserModule', type: 'int' },
      { name: 'Name', type: 'nvarchar(4000)' },
      { name: 'StudyDate', type: 'datetime' },
    ],
  },
  {
    name: 'RESULT',
    columns: [
      { name: 'Id_Result', type: 'int' },
      { name: 'Id_ControleStudy', type: 'int' },
      { name: 'Conforme', type: 'bit' },
    ],
  },
];

/** What tests and the demo's life do to the rows while clients read. */
export interface Controls {
  add(...controls: readonly SimulatedControl[]): void;
  rename(id: number, name: string): void;
  redate(id: number, at: string | null): void;
  /** What its results say: a text where the site's column is one. */
  judge(id: number, verdict: boolean | string | null): void;
  remove(id: number): void;
  count(): number;
}

export interface Database {
  readonly sqlite: DatabaseSync;
  readonly controls: Controls;
}

/** Makes the tables and what `INFORMATION_SCHEMA` says of them. Columns may be left out or have other types, as a site's might. */
export function openDatabase(name: string, tables: readonly Table[]): Database {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec("ATTACH ':memory:' AS dbo; ATTACH ':memory:' AS INFORMATION_SCHEMA");
  sqlite.exec(`CREATE TABLE INFORMATION_SCHEMA.COLUMNS (TABLE_CATALOG "nvarchar(128)", TABLE_SCHEMA "nvarchar(128)", TABLE_NAME "nvarchar(128)",
    COLUMN_NAME "nvarchar(128)", ORDINAL_POSITION "int", DATA_TYPE "nvarchar(128)", DATETIME_PRECISION "int")`);
  const describe = sqlite.prepare('INSERT INTO INFORMATION_SCHEMA.COLUMNS VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const table of tables) {
    sqlite.exec(`CREATE TABLE dbo."${table.name}" (${table.columns.map(({ name: column, type }) => `"${column}" "${type}"`).join(', ')})`);
    for (const [index, { name: column, type }] of table.columns.entries()) {
      const [, base = '', size] = /^(\w+)(?:\((\w+)\))?$/.exec(type) ?? [];
      const precision = base === 'datetime2' ? Number(size ?? 7) : null;
      describe.run(name, 'dbo', table.name, column, index + 1, base, base === 'datetime' ? 3 : precision);
    }
  }
  for (const { name: table, columns } of tables)
    if (columns.some(({ name: column }) => column === 'Id_ControleStudy'))
      sqlite.exec(`CREATE INDEX dbo."by_study_${table}" ON "${table}" ("Id_ControleStudy")`);
  return { sqlite, controls: controlsOf(sqlite, tables) };
}

function controlsOf(sqlite: DatabaseSync, tables: readonly Table[]): Controls {
  const dateType = tables.flatMap(({ columns }) => columns).find(({ name }) => name.toLowerCase() === 'studydate')?.type ?? 'datetime';
  const date = (at: string | null): string | null => (at === null ? null : storedDate(at, dateType));
  const insert = (table: string, row: Record<string, Cell>): void => {
    const there = tables.find(({ name }) => name === table)?.columns ?? [];
    const kept = there.flatMap(({ name }): [string, SQLInputValue][] => {
      const value = Object.entries(row).find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1];
      return value === undefined ? [] : [[name, value]];
    });
    if (kept.length === 0) return;
    const sql = `INSERT INTO dbo."${table}" (${kept.map(([name]) => `"${name}"`).join(', ')}) VALUES (${kept.map(() => '?').join(', ')})`;
    sqlite.prepare(sql).run(...kept.map(([, value]) => value));
  };
  let results = 0;
  const update = (set: string, id: number, value: Cell): void => {
    sqlite.prepare(`UPDATE dbo.${set} = ? WHERE Id_ControleStudy = ?`).run(value, id);
  };
  return {
    add(...controls) {
      sqlite.exec('BEGIN');
      for (const { id, objectId, moduleId, name, at, results: judged = [true] } of controls) {
        const study = { Id_ControleStudy: id, Id_Object: objectId, Id_UserModule: moduleId, Name: name, StudyDate: date(at) };
        insert('CONTROLE_STUDY', study);
        for (const conform of judged)
          insert('RESULT', { Id_Result: ++results, Id_ControleStudy: id, Conforme: conform === null ? null : Number(conform) });
      }
      sqlite.exec('COMMIT');
    },
    rename: (id, name) => update('CONTROLE_STUDY SET Name', id, name),
    redate: (id, at) => update('CONTROLE_STUDY SET StudyDate', id, date(at)),
    judge: (id, verdict) => update('RESULT SET Conforme', id, typeof verdict === 'boolean' ? Number(verdict) : verdict),
    remove(id) {
      for (const table of ['CONTROLE_STUDY', 'RESULT']) sqlite.prepare(`DELETE FROM dbo.${table} WHERE Id_ControleStudy = ?`).run(id);
    },
    count: () => Number(sqlite.prepare('SELECT COUNT(*) AS n FROM dbo.CONTROLE_STUDY').get()?.n ?? 0),
  };
}
