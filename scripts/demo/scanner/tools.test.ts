// The simulated objects before other people's tools: DCMTK (package `dcmtk`) and dciodvfy (package `dicom3tools`).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echo } from '#server/platform/dicom/client.ts';
import { readFileMeta } from '#server/platform/dicom/file.ts';
import { objectsOf } from './objects.ts';
import { runScanner, startScanner, type StudyReport } from './scanner.ts';
import { planStudy } from './study.ts';
import type { Subject } from './subjects.ts';

const AT = new Date(2026, 10, 20, 9, 30);
const PATIENT: Subject = { ipp: '30390000', lastName: 'ROUVIÈRE', firstName: 'Élise', birthDate: '1957-03-14', sex: 'F' };
const KINDS = ['ct', 'rt', 'petct'] as const;

let folder = '';
/** One file of each kind of object. */
const samples = new Map<string, string>();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigie-scanner-'));
  for (const [index, kind] of [0, 1, 3].entries()) {
    const study = planStudy({ seed: 7, index: kind, at: AT, subject: PATIENT, station: 'SCANNER1', slices: 12 });
    [...objectsOf(study)].forEach((bytes, number) => {
      if (number !== 5 && number < study.ct.slices) return;
      const file = path.join(folder, `${KINDS[index] ?? ''}-${number}.dcm`);
      writeFileSync(file, bytes);
      samples.set(path.basename(file), file);
    });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether a tool is there; says loudly what is not tested without it. */
function has(tool: string, debianPackage: string): boolean {
  const found = spawnSync(tool, ['--version']).error === undefined;
  if (!found) process.stdout.write(`\n!! SKIPPED: simulated objects before ${tool}. Install the package ${debianPackage} to run them.\n`);
  return found;
}

describe.skipIf(!has('dciodvfy', 'dicom3tools'))('dciodvfy', () => {
  test('finds no error in any kind of object', () => {
    for (const [name, file] of samples) {
      const { stderr, stdout, status } = spawnSync('dciodvfy', ['-new', file], { encoding: 'utf8' });
      const errors = (stderr + stdout).split('\n').filter((line) => /error|assert/i.test(line));
      expect({ name, status, errors }).toEqual({ name, status: 0, errors: [] });
    }
  });
});

describe.skipIf(!has('dcmdump', 'dcmtk'))('dcmdump', () => {
  test('reads every kind of object, names too', () => {
    for (const file of samples.values()) {
      const { stderr, stdout, status } = spawnSync('dcmdump', ['+P', 'PatientName', '+P', 'SOPInstanceUID', file], { encoding: 'utf8' });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(stdout).toContain('[ROUVIÈRE^Élise]');
    }
  });

  test('finds the structures on the CT, the plan on the structures, the dose on the plan', () => {
    const uid = (file: string): string => dump(file, 'SOPInstanceUID')[0] ?? '';
    const [slice, structures, plan, dose] = ['rt-5', 'rt-12', 'rt-13', 'rt-14'].map((name) => samples.get(`${name}.dcm`) ?? '');
    expect(dump(structures ?? '', 'ReferencedSOPInstanceUID')).toContain(uid(slice ?? ''));
    expect(dump(plan ?? '', 'ReferencedSOPInstanceUID')).toEqual([uid(structures ?? '')]);
    expect(dump(dose ?? '', 'ReferencedSOPInstanceUID')).toEqual([uid(plan ?? '')]);
    for (const keyword of ['FrameOfReferenceUID', 'StudyInstanceUID'])
      expect(new Set([slice, structures, plan, dose].map((file) => dump(file ?? '', keyword)[0])).size).toBe(1);
  });
});

/** The values of an attribute wherever it stands in a file. */
function dump(file: string, keyword: string): string[] {
  const { stdout } = spawnSync('dcmdump', ['+P', keyword, file], { encoding: 'utf8' });
  return Array.from(stdout.matchAll(/\[(.*?)\]/g), (match) => match[1] ?? '');
}

describe.skipIf(!has('storescp', 'dcmtk'))('storescp', () => {
  let peer: ChildProcess;
  let port = 0;
  let received = '';

  beforeAll(async () => {
    received = path.join(folder, 'received');
    mkdirSync(received);
    port = await freePort();
    peer = spawn('storescp', ['+B', '-od', received, '-aet', 'VIGIE', String(port)], { env: { ...process.env, TCP_NODELAY: '1' } });
    await answering(port);
  });
  afterAll(() => void peer.kill());

  test('takes every kind of object over real associations, to the last byte of the data set', async () => {
    const reports: StudyReport[] = [];
    const options = { host: '127.0.0.1', port, aec: 'VIGIE', slices: 4, seed: 7, at: () => AT, patients: () => [PATIENT] };
    expect(await runScanner({ ...options, studies: 4, onStudy: (report) => void reports.push(report) })).toEqual({ sent: 4, failed: 0 });
    expect(reports.map(({ study, sent, ok }) => [study.kind, sent, ok])).toEqual([
      ['ct', 4, true],
      ['rt', 7, true],
      ['ct', 4, true],
      ['petct', 8, true],
    ]);
    const kept = new Map(readdirSync(received).map((name) => datasetOf(readFileSync(path.join(received, name)))));
    const sent = new Map(reports.flatMap(({ study }) => Array.from(objectsOf(study), datasetOf)));
    expect(kept.size).toBe(23);
    expect(kept).toEqual(sent);
  });

  test('takes what the scanner of the demo sends until it is stopped; what goes wrong between is told', async () => {
    const told: unknown[] = [];
    let asked = 0;
    const seen = Promise.withResolvers<StudyReport>();
    const scanner = startScanner({
      ...{ host: '127.0.0.1', port, aec: 'VIGIE', slices: 4, firstAfterMs: 1, everyMs: 1 },
      patients: () => {
        asked += 1;
        if (asked === 1) throw new Error('no patients yet');
        return [PATIENT];
      },
      onStudy: seen.resolve,
      onError: (error) => void told.push(error),
    });
    expect((await seen.promise).ok).toBe(true);
    await scanner.stop();
    expect(told).toEqual([new Error('no patients yet')]);
  });
});

test('alone it ends with 1 when something was not taken, with 2 when it is called wrongly', async () => {
  const port = String(await freePort());
  expect(alone(['--host', '127.0.0.1', '--port', port, '--aec', 'VIGIE', '--slices', '2'])).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^ +1 .* FAILED: connection refused\n$/) as string,
  });
  const wrong = ['--studies 0', '--day 2026-02-31', '--aet SEVENTEENLETTERSX', '--port 1e3', '--nonsense 1'];
  for (const flags of wrong)
    expect(alone(['--host', '127.0.0.1', '--port', port, '--aec', 'VIGIE', ...flags.split(' ')])).toMatchObject({ status: 2, stdout: '' });
});

test('a study that nobody takes is counted as failed', async () => {
  const causes: unknown[] = [];
  const options = { host: '127.0.0.1', port: await freePort(), aec: 'VIGIE', studies: 2, slices: 2 };
  expect(await runScanner({ ...options, onStudy: ({ cause }) => void causes.push(cause) })).toEqual({ sent: 2, failed: 2 });
  expect(causes).toEqual(['connection refused', 'connection refused']);
});

/** Runs the scanner as a program of its own. */
function alone(args: readonly string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' });
}

/** The UID of a file's object, and a hash of its data set. */
function datasetOf(bytes: Buffer): [string, string] {
  const meta = readFileMeta(bytes);
  if (!meta) throw new Error('no DICOM file');
  return [meta.sopInstanceUid, createHash('sha256').update(bytes.subarray(meta.datasetAt)).digest('hex')];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await echo({ host: '127.0.0.1', port, callingAeTitle: 'SCANNER1', calledAeTitle: 'VIGIE', timeoutMs: 500 })).ok) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('storescp does not answer');
}
