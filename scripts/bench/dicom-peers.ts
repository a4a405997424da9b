import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echo } from '#server/platform/dicom/client.ts';
import { freePort } from '#server/testing/process.ts';
import { startChild } from './child.ts';

/** A server that objects are sent to. */
export interface Receiver {
  readonly name: string;
  readonly aeTitle: string;
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const ORTHANC = ['/usr/sbin/Orthanc', '/usr/bin/Orthanc', '/usr/local/sbin/Orthanc'].find((program) => existsSync(program));
/** Of Linux: `getconf CLK_TCK`, 100 on every common one. */
const TICKS_PER_SECOND = 100;
/** For every program made with DCMTK, Orthanc too: without it each answer waits 40 ms for an acknowledgement, and nothing else is measured. */
const AT_ONCE = { ...process.env, TCP_NODELAY: '1' };

/** Our own server, in the role `dicom` alone, with the options of `npm start`. */
export async function startVigie(folder: string): Promise<Receiver> {
  const port = await freePort();
  const child = await startChild('serve-dicom-start.js', [folder, String(port)], {
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-semi-space-size=1 --v8-pool-size=1',
  });
  return { name: 'Vigie', aeTitle: 'VIGIE', port, process: child.process, stop: () => child.stop() };
}

/** Orthanc as Debian has it, with its defaults; null where it is not installed. */
export async function startOrthanc(folder: string): Promise<Receiver | null> {
  if (!ORTHANC) return null;
  const [port, http] = [await freePort(), await freePort()];
  const config = path.join(folder, 'orthanc.json');
  await mkdir(folder, { recursive: true });
  await writeFile(config, JSON.stringify({ DicomPort: port, HttpPort: http, StorageDirectory: folder, IndexDirectory: folder }));
  return startProgram('Orthanc', 'ORTHANC', port, ORTHANC, [config], folder);
}

/** DCMTK's receiver that writes what comes as it is, indexes nothing and syncs nothing; null where it is not installed. */
export async function startStoreScp(folder: string): Promise<Receiver | null> {
  if (spawnSync('storescp', ['--version']).status !== 0) return null;
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  return startProgram('storescp +B', 'STORESCP', port, 'storescp', ['--fork', '+B', '-od', folder, String(port)], folder);
}

/** Sends folders with DCMTK's storescu, one association each, and waits for the last. Resolves to the seconds it took. */
export async function sendFolders({ aeTitle, port }: Receiver, folders: readonly string[]): Promise<number> {
  const started = performance.now();
  const codes = await Promise.all(
    folders.map((folder) => storescu(['-aet', 'BENCH', '-aec', aeTitle, '+sd', '127.0.0.1', String(port), folder])),
  );
  if (codes.some((code) => code !== 0)) throw new Error(`storescu to ${aeTitle} ended with ${codes.join(', ')}`);
  return (performance.now() - started) / 1000;
}

/** Seconds of processor that a process has used, with those of its threads. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process in MB: now, and the most it ever had. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1] ?? Number.NaN) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

async function startProgram(name: string, aeTitle: string, port: number, program: string, args: string[], cwd: string): Promise<Receiver> {
  const child = spawn(program, args, { cwd, stdio: 'ignore', env: AT_ONCE });
  const target = { host: '127.0.0.1', port, callingAeTitle: 'BENCH', calledAeTitle: aeTitle, timeoutMs: 1000 };
  for (let tries = 0; !(await echo(target)).ok; tries += 1) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`${name} does not answer`);
    await sleep(100);
  }
  const stop = async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { name, aeTitle, port, process: child, stop };
}

async function storescu(args: readonly string[]): Promise<number | null> {
  const child = spawn('storescu', args, { stdio: 'ignore', env: AT_ONCE });
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's own arguments
  return code;
}
