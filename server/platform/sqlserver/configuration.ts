import type { ConnectionConfiguration } from 'tedious';

/** Where a SQL Server is and how far it is trusted. */
export interface SqlServer {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Pinned certificate, or that of its authority, in PEM; without it the system's authorities vouch. */
  ca?: string;
  /** The name on the certificate, when it is not the host's. */
  serverName?: string;
  encrypt: boolean;
  /** Shown to who administers the server. */
  appName: string;
  connectTimeoutMs: number;
  /** Of one reading, connection included. */
  deadlineMs: number;
  maxRows: number;
}

/** The driver's settings: verified TLS, no second try (a wrong database would count as passing), dates as digits. */
export function configurationOf(server: SqlServer): ConnectionConfiguration {
  return {
    server: server.host,
    authentication: { type: 'default', options: { userName: server.user, password: server.password } },
    options: {
      port: server.port,
      database: server.database,
      encrypt: server.encrypt,
      trustServerCertificate: false,
      ...(server.serverName === undefined ? {} : { serverName: server.serverName }),
      ...(server.ca === undefined ? {} : { cryptoCredentialsDetails: { ca: server.ca } }),
      appName: server.appName,
      connectTimeout: server.connectTimeoutMs,
      requestTimeout: server.deadlineMs,
      cancelTimeout: 5000,
      maxRetriesOnTransientErrors: 0,
      useUTC: true,
      // A hint to availability groups, no protection: that is the login's rights.
      readOnlyIntent: true,
    },
  };
}
