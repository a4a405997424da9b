import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from './server.ts';

/** Whether FreeTDS is there. In CI it must be: else tedious alone would judge what was written for it. */
function hasTsql(): boolean {
  const found = spawnSync('tsql', ['-C']).status === 0;
  if (!found && process.env.CI) throw new Error('FreeTDS is not installed: the simulator cannot be tried by a second client');
  if (!found) process.stderr.write('\n!! FreeTDS is not installed (Debian: freetds-bin): the tests with tsql are SKIPPED\n\n');
  return found;
}

describe.skipIf(!hasTsql())('with FreeTDS as the client, encryption required', () => {
  let simulator: Simulator;
  let folder: string;
  beforeAll(async () => {
    simulator = await startSimulator({ database: 'DBArtiscan', user: 'u', password: 'pé$1' });
    simulator.controls.add(
      { id: 1, objectId: 145, moduleId: 66, name: 'CQH à 02:30', at: '2026-03-29T02:30:00.000' },
      { id: 2, objectId: 99, moduleId: null, name: null, at: null },
    );
    folder = await mkdtemp(path.join(tmpdir(), 'vigie-freetds-'));
    const server = [
      '[simulator]',
      'host = 127.0.0.1',
      `port = ${simulator.port}`,
      'tds version = 7.4',
      'encryption = require',
      'client charset = UTF-8',
    ];
    await writeFile(path.join(folder, 'freetds.conf'), `${server.join('\n')}\n`);
  });
  afterAll(async () => {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function tsql(password: string, input: string): Promise<string> {
    const env = { ...process.env, FREETDSCONF: path.join(folder, 'freetds.conf'), LC_ALL: 'C.UTF-8' };
    const client = spawn('tsql', ['-S', 'simulator', '-U', 'u', '-P', password, '-D', 'DBArtiscan'], { env, timeout: 20_000 });
    let output = '';
    for (const stream of [client.stdout, client.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    client.stdin.on('error', () => undefined).end(`${input}\nexit\n`);
    await new Promise((resolve) => client.on('close', resolve));
    return output;
  }

  test('logs in, reads rows with their types and NULLs, is told an error, and goes on', async () => {
    const output = await tsql('pé$1', 'SELECT * FROM CONTROLE_STUDY\ngo\nSELECT x FROM NOPE\ngo\nSELECT @@VERSION\ngo');
    expect(output).toContain('Id_ControleStudy\tId_Object\tId_UserModule\tName\tStudyDate');
    expect(output).toMatch(/^1\t145\t66\tCQH à 02:30\tMar 29 2026 0?2:30AM$/m);
    expect(output).toMatch(/^2\t99\tNULL\tNULL\tNULL$/m);
    expect(output).toContain('(2 rows affected)');
    expect(output).toMatch(/Msg 208 \(severity 16, state 1\) from SIMULATOR/);
    expect(output).toContain('TDS simulator (not SQL Server)');
  });

  test('is refused with another password', async () => {
    expect(await tsql('other', '')).toMatch(/Msg 18456[\s\S]*Login failed for user 'u'/);
  });
});
