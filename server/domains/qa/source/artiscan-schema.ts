import type { ArtiscanTables } from '#shared/qa/artiscan.ts';
import type { Cell, Parameter, Query } from '#server/platform/sqlserver/index.ts';
import type { SchemaFault } from './port.ts';

/** A column as the server names it. */
interface Column {
  table: string;
  name: string;
  type: string;
}

/** The tables as they are there, names in the server's own spelling. */
export interface FoundTables {
  names: Pick<ArtiscanTables, 'schema' | 'studies' | 'results' | 'id' | 'object' | 'module' | 'name' | 'date'> & {
    resultStudy: string;
    conformity: readonly string[];
  };
  dateType: Parameter['type'];
}

const WHOLE = ['int', 'bigint', 'smallint', 'tinyint', 'numeric', 'decimal'];
const TEXT = ['nvarchar', 'varchar', 'nchar', 'char'];
/** Not `datetimeoffset`: that is an instant, and the hour of a control is a wall clock. */
const DATES = ['datetime', 'datetime2', 'smalldatetime', 'date'] as const;
const JUDGED = [...WHOLE, ...TEXT, 'bit', 'float', 'real'];

/** Asks for all columns of both tables. */
export function columnsQuery({ schema, studies, results }: ArtiscanTables): Query {
  const text = (name: string, value: string): Parameter => ({ name, type: 'nvarchar', value });
  return {
    text: `SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS AS c
WHERE c.TABLE_SCHEMA = @schema AND (c.TABLE_NAME = @studies OR c.TABLE_NAME = @results)`,
    parameters: [text('schema', schema), text('studies', studies), text('results', results)],
  };
}

/** Compares what is there with what is configured. Names match by their case first, and without it when that leaves one. */
export function matchTables(tables: ArtiscanTables, rows: readonly (readonly Cell[])[]): FoundTables | SchemaFault[] {
  const columns = rows.map(([table, name, type]): Column => ({
    table: String(table),
    name: String(name),
    type: String(type).toLowerCase(),
  }));
  const faults: SchemaFault[] = [];
  for (const table of [tables.studies, tables.results])
    if (!columns.some((column) => same(column.table, table))) faults.push({ kind: 'table', table });

  const find = (table: string, name: string, types: readonly string[]): Column => {
    const there = columns.filter((column) => same(column.table, table));
    const alike = there.filter((column) => same(column.name, name));
    const found = there.find((column) => column.name === name) ?? (alike.length === 1 ? alike[0] : undefined);
    if (found && !types.includes(found.type)) faults.push({ kind: 'type', table, column: name, found: found.type });
    if (!found && there.length > 0) faults.push({ kind: 'column', table, column: name });
    return found ?? { table, name, type: '' };
  };

  const id = find(tables.studies, tables.id, WHOLE);
  const date = find(tables.studies, tables.date, DATES);
  const resultStudy = find(tables.results, tables.id, WHOLE);
  const names = {
    schema: tables.schema,
    studies: id.table,
    results: resultStudy.table,
    id: id.name,
    object: find(tables.studies, tables.object, WHOLE).name,
    module: find(tables.studies, tables.module, WHOLE).name,
    name: find(tables.studies, tables.name, TEXT).name,
    date: date.name,
    resultStudy: resultStudy.name,
    conformity: tables.conformity.map(({ column }) => find(tables.results, column, JUDGED).name),
  };
  const dateType = DATES.find((type) => type === date.type);
  return faults.length > 0 || !dateType ? faults : { names, dateType };
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
