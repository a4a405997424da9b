import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { makeCertificate, type Certificate } from './certificate.ts';
import { ARTISCAN_TABLES, openDatabase, type Controls, type Table } from './database.ts';
import type { Faults } from './faults.ts';
import { serveConnection } from './session.ts';

export { makeCertificate, type Certificate } from './certificate.ts';
export { ARTISCAN_TABLES, type Controls, type SimulatedControl, type Table } from './database.ts';
export type { Faults } from './faults.ts';

const LOOPBACK = '127.0.0.1';

export interface SimulatorOptions {
  database: string;
  user: string;
  password: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Other tables than Artiscan's, as a site's might be. */
  tables?: readonly Table[];
  certificate?: Certificate;
  /** `none` is a server without TLS. */
  encryption?: 'required' | 'none';
  faults?: Faults;
  onQuery?: (sql: string, application: string) => void;
  onTrouble?: (what: string) => void;
}

export interface Simulator {
  readonly host: string;
  readonly port: number;
  /** What a client pins, in PEM. */
  readonly ca: string;
  readonly controls: Controls;
  /** Connections that are open now. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/**
 * Starts a small TDS server on loopback, for tests and the demo: enough of the protocol for one reader of quality controls, on SQLite.
 *
 * It is not SQL Server, and says so on the wire: that a query passes here proves the wire and the mapping, not that its text is right there.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const certificate = options.certificate ?? (await makeCertificate());
  const database = openDatabase(options.database, options.tables ?? ARTISCAN_TABLES);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(socket, {
      name: options.database,
      user: options.user,
      password: options.password,
      database,
      certificate,
      encryption: options.encryption ?? 'required',
      faults: (phase, sql) => options.faults?.(phase, sql),
      onQuery: options.onQuery ?? (() => undefined),
      onTrouble: options.onTrouble ?? (() => undefined),
    });
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator has no port');
  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    database.sqlite.close();
  }
  return {
    host: LOOPBACK,
    port: address.port,
    ca: certificate.cert,
    controls: database.controls,
    connections: () => sockets.size,
    stop: () => (stopped ??= stop()),
  };
}
