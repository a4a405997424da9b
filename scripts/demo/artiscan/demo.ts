import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { artiscanOfSite, type QaSource } from '#server/domains/qa/index.ts';
import { liveControls, seedControls } from './life.ts';
import { startSimulator } from './server.ts';

const TABLES = ArtiscanTables.parse({ conformity: [{ column: 'Conforme', conformWhen: ['1'] }] });
const DATABASE = 'DBArtiscan';
const USER = 'vigie_lecture';
const PASSWORD = 'demo';

export interface DemoArtiscan {
  source: QaSource;
  /** What the welcome says of it. */
  place: string;
  /** Lets controls be done; `read` is told whether all of it must be read. Returns what ends it. */
  live(read: (whole: boolean) => void): () => void;
  stop(): Promise<void>;
}

/** The demo's Artiscan: a simulated server on loopback with months of invented controls, read as a real one is, over TLS with a pinned certificate. */
export async function startDemoArtiscan(dataDir: string, zone: string): Promise<DemoArtiscan> {
  const now = () => new Date();
  const simulator = await startSimulator({ database: DATABASE, user: USER, password: PASSWORD });
  const plan = await seedControls(simulator, now(), zone);
  const caFile = path.join(dataDir, 'artiscan-demo.pem');
  await mkdir(dataDir, { recursive: true });
  await writeFile(caFile, simulator.ca, { mode: 0o600 });
  const place = { host: simulator.host, port: simulator.port, database: DATABASE, user: USER, password: PASSWORD, caFile, encrypt: true };
  return {
    source: await artiscanOfSite({ ...place, serverName: 'artiscan.demo.invalid' }, () => TABLES, now),
    place: `${simulator.host}:${simulator.port}`,
    live: (read) => liveControls(simulator, plan, { now, zone, onChange: (what) => read(what === 'night') }),
    stop: () => simulator.stop(),
  };
}
