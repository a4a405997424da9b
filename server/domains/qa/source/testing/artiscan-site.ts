import { expect } from 'vitest';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import type { SqlServer } from '#server/platform/sqlserver/index.ts';
import { ARTISCAN_TABLES, makeCertificate, startSimulator } from '../../../../../scripts/demo/artiscan/server.ts';
import type {
  Certificate,
  Faults,
  SimulatedControl,
  Simulator,
  SimulatorOptions,
  Table,
} from '../../../../../scripts/demo/artiscan/server.ts';
import { artiscanSource } from '../artiscan.ts';
import { SourceFailure, type QaSource, type Reading } from '../port.ts';

const PASSWORD = 'a secret with é and $';
export const NOW = new Date('2026-11-20T11:00:00Z');
export const NEVER = new AbortController().signal;

/** A site's Artiscan on loopback, with what tests do to it. */
export interface Site {
  simulator: Simulator;
  faults: Faults;
  /** Texts of the queries it was asked. */
  queries: string[];
  restart(more?: Partial<SimulatorOptions>): Promise<void>;
  server(more?: Partial<SqlServer>): SqlServer;
  source(server?: Partial<SqlServer>, tables?: unknown): QaSource;
  read(server?: Partial<SqlServer>, tables?: unknown, signal?: AbortSignal): Promise<Reading>;
  /** Every connection is given back, after failures too. */
  expectAllClosed(): Promise<void>;
}

let certificate: Promise<Certificate> | undefined;

export async function openSite(): Promise<Site> {
  certificate ??= makeCertificate();
  const made = await certificate;
  const simulate = (more: Partial<SimulatorOptions>): Promise<Simulator> =>
    startSimulator({
      database: 'DBArtiscan',
      user: 'vigie',
      password: PASSWORD,
      certificate: made,
      faults: (phase, sql) => site.faults(phase, sql),
      onQuery: (sql) => site.queries.push(sql),
      ...more,
    });
  const site: Site = {
    simulator: await simulate({}),
    faults: () => undefined,
    queries: [],
    async restart(more = {}) {
      await site.simulator.stop();
      site.faults = () => undefined;
      site.queries = [];
      site.simulator = await simulate(more);
    },
    server: (more = {}) => ({
      host: site.simulator.host,
      port: site.simulator.port,
      database: 'DBArtiscan',
      user: 'vigie',
      password: PASSWORD,
      ca: site.simulator.ca,
      encrypt: true,
      appName: 'Vigie',
      connectTimeoutMs: 2000,
      deadlineMs: 5000,
      maxRows: 2_000_000,
      ...more,
    }),
    source: (server, tables = {}) =>
      artiscanSource({ server: site.server(server), tables: () => ArtiscanTables.parse(tables), now: () => NOW }),
    read: (server, tables, signal = NEVER) => site.source(server, tables).read({}, signal),
    expectAllClosed: () => expect.poll(() => site.simulator.connections(), { timeout: 3000 }).toBe(0),
  };
  return site;
}

export function study(id: number, more: Partial<SimulatedControl> = {}): SimulatedControl {
  return { id, objectId: 145, moduleId: 66, name: `CQH ${id}`, at: '2026-11-16T08:00:00.000', ...more };
}

export function studies(count: number): SimulatedControl[] {
  return Array.from({ length: count }, (_, index) => study(index + 1));
}

/** Artiscan's tables with one column as another type. */
export function withColumn(name: string, type: string): Table[] {
  return ARTISCAN_TABLES.map((table) => ({
    ...table,
    columns: table.columns.map((column) => (column.name === name ? { name, type } : column)),
  }));
}

export function without(name: string): Table[] {
  return ARTISCAN_TABLES.map((table) => ({ ...table, columns: table.columns.filter((column) => column.name !== name) }));
}

/** The failure of a reading. Whatever went wrong may be logged whole: it holds no password, user, query or name of a control. */
export async function failure(reading: Promise<unknown>): Promise<SourceFailure> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceFailure)) throw new Error(`not a failure of a source: ${String(error)}`);
  expect(JSON.stringify({ ...error, message: error.message, cause: error.cause })).not.toMatch(/secret|CQH|vigie|select/i);
  return error;
}
