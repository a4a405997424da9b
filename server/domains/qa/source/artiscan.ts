import type { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { readFromSqlServer, SqlFailure, type Cell, type RunQuery, type SqlServer } from '#server/platform/sqlserver/index.ts';
import { controlsQuery } from './artiscan-query.ts';
import { gatherRows } from './artiscan-rows.ts';
import { columnsQuery, matchTables, type FoundTables } from './artiscan-schema.ts';
import { SourceFailure, type QaSource, type SchemaFault } from './port.ts';

interface ArtiscanOptions {
  server: SqlServer;
  /** Asked for at each reading: an administrator may change them. */
  tables: () => ArtiscanTables;
  now: () => Date;
}

/** Reads the controls in Artiscan's database. Source: `qa.md`, "The Artiscan database". */
export function artiscanSource({ server, tables: current, now }: ArtiscanOptions): QaSource {
  return {
    kind: 'artiscan',
    read: (range, signal) =>
      withServer(server, signal, async (run) => {
        const asOf = now();
        const tables = current();
        const found = await findTables(tables, run);
        if (Array.isArray(found)) throw new SourceFailure('schema', { faults: found });
        const rows = gatherRows(tables);
        await run(controlsQuery(found, range), rows.add);
        return { ...rows.gathered(), asOf };
      }),
    check: (signal) =>
      withServer(server, signal, async (run) => {
        const found = await findTables(current(), run);
        return Array.isArray(found) ? found : [];
      }),
  };
}

/** Looked at in each reading: a version that changes a column must not be read as if nothing had happened. */
async function findTables(tables: ArtiscanTables, run: RunQuery): Promise<FoundTables | SchemaFault[]> {
  const columns: (readonly Cell[])[] = [];
  await run(columnsQuery(tables), (cells) => columns.push(cells));
  return matchTables(tables, columns);
}

async function withServer<T>(server: SqlServer, signal: AbortSignal, use: (run: RunQuery) => Promise<T>): Promise<T> {
  try {
    return await readFromSqlServer(server, signal, use);
  } catch (error) {
    if (error instanceof SqlFailure) throw new SourceFailure(error.code, { detail: error.detail });
    throw error;
  }
}
