import { readFile } from 'node:fs/promises';
import type { ArtiscanTables } from '#shared/qa/artiscan.ts';
import type { SqlServer } from '#server/platform/sqlserver/index.ts';
import { artiscanSource } from './artiscan.ts';
import { SourceFailure, type QaSource } from './port.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** Of the whole table, over a slow line. */
const DEADLINE_MS = 5 * 60_000;
const MAX_ROWS = 2_000_000;

/** Where a site's Artiscan is, from the settings; the credentials from there or from who was asked. */
export interface ArtiscanPlace {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Path of the pinned certificate, or of its authority's. */
  caFile?: string | undefined;
  serverName?: string | undefined;
  encrypt: boolean;
}

/**
 * The source of a site's Artiscan.
 *
 * @param tables asked for at each reading, so that a changed configuration counts from the next one on.
 * @throws SourceFailure `certificate` when the file of the certificate cannot be read or holds none.
 */
export async function artiscanOfSite(place: ArtiscanPlace, tables: () => ArtiscanTables, now: () => Date): Promise<QaSource> {
  const { caFile, serverName, ...rest } = place;
  const server: SqlServer = {
    ...rest,
    ...(serverName === undefined ? {} : { serverName }),
    ...(caFile === undefined ? {} : { ca: await pinnedIn(caFile) }),
    appName: 'Vigie (QA)',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    deadlineMs: DEADLINE_MS,
    maxRows: MAX_ROWS,
  };
  return artiscanSource({ server, tables, now });
}

async function pinnedIn(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch(() => '');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new SourceFailure('certificate', { detail: 'ARTISCAN_CA holds no certificate' });
  return pem;
}
