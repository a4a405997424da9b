import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { PROGRAM, SqlError } from './tokens.ts';
import { wireType, type Cell } from './types.ts';

// The little of T-SQL that a reader of quality controls uses, on SQLite. What SQLite takes and SQL Server does not is refused: a query that passes here
// may still be wrong there, but not for these reasons.

export type Statement =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'select'; readonly sql: string };

export interface Answer {
  readonly columns: readonly { name: string; type: ReturnType<typeof wireType> }[];
  readonly rows: readonly (readonly Cell[])[];
}

const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|N?'(?:[^']|'')*'|\[[^\]]*\]|"[^"]*"|@@?\w+|\w+|\|\||==|[^\s\w]/giu;

/** Words of SQLite's own, and what only another statement than SELECT has. */
const NOT_TSQL = new Set(
  `limit ifnull glob regexp rowid pragma attach detach vacuum insert update delete replace drop create alter exec execute merge into union intersect
  except with date time datetime julianday strftime unixepoch printf random group_concat total typeof top convert nolock offset fetch`.split(
    /\s+/,
  ),
);

/** What a batch asks for. @throws SqlError 102 for all that is not known here: never a guess. */
export function readBatch(sql: string): Statement {
  const lines = sql.split('\n').map((line) => line.trim().replace(/;$/, ''));
  if (lines.every((line) => line === '' || /^set\s+\w/i.test(line))) return { kind: 'nothing' };
  const use = /^\s*use\s+\[?([^\]\s;]+)\]?\s*;?\s*$/i.exec(sql)?.[1];
  if (use !== undefined) return { kind: 'use', database: use };
  const wait = /^\s*waitfor\s+delay\s+'(\d\d):(\d\d):(\d\d(?:\.\d{1,3})?)'\s*;?\s*$/i.exec(sql);
  if (wait) return { kind: 'wait', delayMs: (Number(wait[1]) * 3600 + Number(wait[2]) * 60 + Number(wait[3])) * 1000 };
  return { kind: 'select', sql: select(sql.trim().replace(/;$/, '')) };
}

/** Runs one SELECT. @throws SqlError 137 208 207 102, as SQL Server numbers them. */
export function runSelect(sqlite: DatabaseSync, sql: string, parameters: ReadonlyMap<string, Cell>): Answer {
  const given = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
  const bound: Record<string, SQLInputValue> = {};
  for (const name of sql.match(TOKENS) ?? []) {
    if (!name.startsWith('@')) continue;
    const value = given.get(name.toLowerCase());
    // SQLite takes a parameter that nobody gave for NULL.
    if (value === undefined) throw new SqlError(137, `Must declare the scalar variable "${name}".`, 15);
    bound[name] = value;
  }
  try {
    const statement = sqlite.prepare(sql);
    statement.setReadBigInts(true);
    const columns = statement.columns().map(({ name, type }) => ({ name, type: wireType(type) }));
    statement.setReturnArrays(true);
    // Arrays of cells: setReturnArrays says so, its types do not. There are no blobs in these tables.
    return { columns, rows: statement.all(bound) as unknown as Cell[][] };
  } catch (error) {
    throw asServerSays(error);
  }
}

function select(sql: string): string {
  const tokens = sql.match(TOKENS) ?? [];
  if (tokens.find((token) => !isComment(token))?.toLowerCase() !== 'select') throw syntaxError(tokens[0] ?? '');
  for (const token of tokens) {
    if (isComment(token)) continue;
    const foreign = NOT_TSQL.has(token.toLowerCase()) || ['||', '==', ';'].includes(token) || /^N'/i.test(token);
    // Dates come as parameters only: how a text is read as a date is for the server's language to decide.
    if (foreign || /^'\d{4}-?\d\d/.test(token)) throw syntaxError(token);
  }
  return sql.replace(/@@version\b/gi, `'${PROGRAM}'`);
}

const isComment = (token: string): boolean => token.startsWith('--') || token.startsWith('/*');

const syntaxError = (near: string): SqlError => new SqlError(102, `Incorrect syntax near '${near}'.`, 15);

function asServerSays(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const table = /no such table: (.+)/.exec(error.message)?.[1];
  if (table !== undefined) return new SqlError(208, `Invalid object name '${table}'.`);
  const column = /no such column: (?:.*\.)?(.+)/.exec(error.message)?.[1];
  if (column !== undefined) return new SqlError(207, `Invalid column name '${column}'.`);
  return syntaxError(/near "(.+)"/.exec(error.message)?.[1] ?? '');
}
