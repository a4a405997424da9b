// `node scripts/demo/artiscan/serve.ts [--port 1433]`: the TDS simulator by itself, with a demo's controls that go on living.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { liveControls, seedControls } from './life.ts';
import { startSimulator } from './server.ts';
import { PROGRAM } from './tokens.ts';

const USAGE = `node scripts/demo/artiscan/serve.ts
    [--port 1433]          on 127.0.0.1, always
    [--password demo]      of the user "demo"
    [--ca FILE]            where its certificate is written, for ARTISCAN_CA (./artiscan-demo.pem)
`;

async function serve(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { port: text, password: text, ca: text } });
  const port = Number(values.port ?? 1433);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port is a whole number from 0 to 65535');
  const password = values.password ?? 'demo';
  const caFile = values.ca ?? 'artiscan-demo.pem';
  const simulator = await startSimulator({
    database: 'DBArtiscan',
    user: 'demo',
    password,
    port,
    onTrouble: (what) => process.stderr.write(`closed a connection: ${what}\n`),
  });
  await writeFile(caFile, simulator.ca);
  const stopLife = liveControls(simulator, await seedControls(simulator, new Date()), { now: () => new Date() });
  process.stdout.write(`${PROGRAM} on ${simulator.host}:${simulator.port}, user "demo", ${simulator.controls.count()} invented controls

    ARTISCAN_HOST=${simulator.host} ARTISCAN_PORT=${simulator.port} ARTISCAN_USER=demo ARTISCAN_PASSWORD=${password} ARTISCAN_CA=${caFile}
`);
  const stop = (): void => {
    stopLife();
    void simulator.stop();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (import.meta.main) {
  try {
    await serve();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}
