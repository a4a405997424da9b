import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { listLightsCall } from '#shared/qa/api.ts';
import type { MachineFields } from '#shared/machines/schemas.ts';
import type { SourceState } from '#shared/qa/page-schemas.ts';
import type { Light } from '#shared/qa/schemas.ts';
import type { Role } from '#shared/roles.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { artiscanOfSite, readNow } from '#server/domains/qa/index.ts';
import { startSimulator, type Faults, type SimulatedControl, type Simulator } from '../../scripts/demo/artiscan/server.ts';
import { startTestApp, type Client, type TestApp } from './app.ts';

/** Wednesday of the ISO week 47, nine in the morning in Paris; nobody's holiday. */
export const WEDNESDAY = new Date('2026-11-18T08:00:00.000Z');
export const HOUR_MS = 3_600_000;
/** Controls of the machine `linac`, weekly ones: last week's and this week's. */
export const LAST_WEEK: SimulatedControl = { id: 1, objectId: 145, moduleId: 66, name: 'CQ hebdo', at: '2026-11-10T07:30:00.000' };
export const THIS_WEEK: SimulatedControl = { ...LAST_WEEK, id: 2, at: '2026-11-17T07:30:00.000' };

/** The application of a site with a simulated Artiscan and one machine that it feeds. */
export interface QualitySite {
  test: TestApp;
  simulator: Simulator;
  /** What goes wrong at the source from now on. */
  setFaults(this: void, faults: Faults): void;
  read(this: void, reach?: { whole: boolean }): Promise<SourceState>;
  /** The light of a machine as everybody sees it now. */
  light(this: void, machine?: string): Promise<Light>;
  as(this: void, role: Role): Promise<Client>;
  close(this: void): Promise<void>;
}

type Machine = Partial<z.input<typeof MachineFields>> & { id: string };

interface SiteOptions {
  controls?: readonly SimulatedControl[];
  machines?: readonly Machine[];
  at?: Date;
  env?: Record<string, string>;
  dataDir?: string;
}

export const LINAC: Machine = { id: 'linac', name: 'Versa HD 3', shortName: 'VHD3', artiscanObjectId: 145, qaTypes: ['CQH'] };

/** Starts the application with a simulated Artiscan. Its controls are read at the first `read`. */
export async function startQualitySite(options: SiteOptions = {}): Promise<QualitySite> {
  let faults: Faults = () => undefined;
  const simulator = await startSimulator({
    database: 'DBArtiscan',
    user: 'u',
    password: 'p',
    faults: (phase, sql) => faults(phase, sql),
  });
  simulator.controls.add(...(options.controls ?? [LAST_WEEK, THIS_WEEK]));
  const folder = await mkdtemp(path.join(tmpdir(), 'vigie-artiscan-'));
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, simulator.ca);
  const late: { now?: () => Date } = {};
  const place = { host: simulator.host, port: simulator.port, database: 'DBArtiscan', user: 'u', password: 'p', caFile, encrypt: true };
  const artiscan = await artiscanOfSite(
    place,
    () => ArtiscanTables.parse({ conformity: [{ column: 'Conforme', conformWhen: ['1'] }] }),
    () => late.now?.() ?? new Date(),
  );
  const { env, dataDir, at = WEDNESDAY } = options;
  const test = await startTestApp({ artiscan, at, ...(env ? { env } : {}), ...(dataDir ? { dataDir } : {}) });
  late.now = () => test.clock.now();
  for (const machine of options.machines ?? [LINAC])
    await ensureMachine(test.ctx, { name: machine.id, shortName: machine.id, colour: '#1976D2', kind: 'linac', ...machine });
  const clients = new Map<Role, { client: Promise<Client>; at: number }>();
  const site: QualitySite = {
    test,
    simulator,
    setFaults: (given) => void (faults = given),
    read: (reach) => readNow(test.ctx, test.app.quality, reach),
    light: async (machine = 'linac') => {
      const all = await (await site.as('physicist')).call(listLightsCall);
      const found = all.find((one) => one.machine === machine);
      if (!found) throw new Error(`no light of ${machine}`);
      return found;
    },
    // A session ends when the clock is put forward by hours.
    as: (role) => {
      const known = clients.get(role);
      const now = test.clock.now().getTime();
      if (known && now - known.at < HOUR_MS / 12) return known.client;
      const client = test.as(role);
      clients.set(role, { client, at: now });
      return client;
    },
    close: async () => {
      await test.close();
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return site;
}
