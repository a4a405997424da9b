import type { Connection, Request as SqlRequest, TYPES as SqlTypes } from 'tedious';
import { configurationOf, type SqlServer } from './configuration.ts';
import { failureOf, SqlFailure } from './failure.ts';
import { cellOf, dateOf, type Cell } from './values.ts';

export { SqlFailure } from './failure.ts';
export type { SqlServer } from './configuration.ts';
export type { Cell } from './values.ts';

/** A parameter has the type of the column it is compared with: mixing them converts the column, and digits of 1/300 s are not found again. */
export interface Parameter {
  name: string;
  type: 'datetime' | 'datetime2' | 'smalldatetime' | 'date' | 'nvarchar';
  /** Dates: a wall clock without zone, `2026-10-25T02:30:00.000`. */
  value: string;
}

export interface Query {
  /** A SELECT without values: those are parameters. */
  text: string;
  parameters: readonly Parameter[];
}

/** Runs one SELECT and gives its rows one by one, cells by position. */
export type RunQuery = (query: Query, onRow: (cells: readonly Cell[]) => void) => Promise<void>;

interface Driver {
  Request: typeof SqlRequest;
  TYPES: typeof SqlTypes;
}

/**
 * Opens one connection to a SQL Server, lets `use` read over it, and closes it whatever happens: at the deadline, when the signal aborts, when it breaks.
 * There is no pool and no second try: who polls will come again.
 *
 * @throws SqlFailure whose code says why; rows given before it are not the whole answer.
 */
export async function readFromSqlServer<T>(server: SqlServer, signal: AbortSignal, use: (run: RunQuery) => Promise<T>): Promise<T> {
  if (signal.aborted) throw new SqlFailure('stopped');
  // 72 MB on disk and most of a hundred in memory: only who has a SQL Server pays for the driver.
  const driver = await import('tedious');
  const connection = new driver.Connection(configurationOf(server));
  const numbers: number[] = [];
  let connected = false;
  let running: SqlRequest | undefined;
  const told = (error: unknown): SqlFailure => failureOf(error, numbers, connected);
  connection.on('errorMessage', ({ number }) => numbers.push(number));
  const ending = endOf(server.deadlineMs, signal);
  // Without this listener a connection that is lost ends the process.
  connection.on('error', (error) => ending.end(told(error)));
  try {
    await Promise.race([connect(connection).catch(rethrow(told)), ending.reached]);
    connected = true;
    let rowsLeft = server.maxRows;
    const run: RunQuery = (query, onRow) => {
      const { request, ended } = startRequest(driver, connection, query, (cells) => {
        try {
          if (rowsLeft-- <= 0) throw new SqlFailure('too-many', `over ${server.maxRows} rows`);
          onRow(cells);
        } catch (error) {
          ending.end(error);
        }
      });
      running = request;
      return ended.catch(rethrow(told));
    };
    return await Promise.race([use(run), ending.reached]);
  } finally {
    ending.clear();
    // Cancelled first: a connection that is closed while the end of an answer waits in the driver throws outside of all promises, and ends the process.
    running?.cancel();
    connection.close();
  }
}

function rethrow(told: (error: unknown) => Error): (error: unknown) => never {
  return (error) => {
    throw told(error);
  };
}

interface Ending {
  readonly reached: Promise<never>;
  end(failure: unknown): void;
  clear(): void;
}

/** What ends a reading from outside: the driver's own limit stops counting at the first packet of an answer, so there is one over all of it. */
function endOf(deadlineMs: number, signal: AbortSignal): Ending {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may be reached when nobody waits any more
  const timer = setTimeout(() => reject(new SqlFailure('timeout', `${deadlineMs} ms`)), deadlineMs);
  const stop = (): void => reject(new SqlFailure('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  return {
    reached: promise,
    end: reject,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

function connect(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
}

interface Started {
  readonly request: SqlRequest;
  readonly ended: Promise<void>;
}

function startRequest({ Request, TYPES }: Driver, connection: Connection, query: Query, onRow: (cells: readonly Cell[]) => void): Started {
  const types = {
    datetime: TYPES.DateTime,
    datetime2: TYPES.DateTime2,
    smalldatetime: TYPES.SmallDateTime,
    date: TYPES.Date,
    nvarchar: TYPES.NVarChar,
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const request = new Request(query.text, (error) => (error ? reject(error) : resolve()));
  for (const { name, type, value } of query.parameters)
    request.addParameter(name, types[type], type === 'nvarchar' ? value : dateOf(value));
  request.on('row', (columns: readonly { value: unknown }[]) => onRow(columns.map(({ value }) => cellOf(value))));
  connection.execSql(request);
  return { request, ended };
}
