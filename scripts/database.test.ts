import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = path.join(import.meta.dirname, 'vigie.js');
let dir = '';
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vigie-command-'));
  const { MONGODB_URI: _, ...others } = process.env; // this is about the embedded database
  env = { ...others, DATA_DIR: path.join(dir, 'data'), NODE_ENV: 'test' };
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs `vigie database …`; what it says, and its exit code. */
async function database(...args: string[]): Promise<{ out: string; code: number }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, 'database', ...args], { env });
    return { out: stdout + stderr, code: 0 };
  } catch (error) {
    const failed = error as { stdout: string; stderr: string; code: number }; // what execFile throws
    return { out: failed.stdout + failed.stderr, code: failed.code };
  }
}

test('serve prints its URI as its first line, and the other commands work beside it', { timeout: 40_000 }, async () => {
  const serving = spawn(process.execPath, [program, 'database', 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [uri] = (await once(createInterface({ input: serving.stdout }), 'line')) as [string]; // the line
  const client = await MongoClient.connect(uri);
  await client
    .db()
    .collection('c')
    .insertMany([{ n: 1 }, { n: 2 }]);
  await client.close();
  const file = path.join(dir, 'backup');
  expect(await database('backup', file)).toMatchObject({ code: 0, out: expect.stringContaining('1 collections, 2 documents') as string });
  expect(await database('check')).toMatchObject({ code: 0, out: expect.stringContaining('No fault') as string });
  expect(await database('restore', file, '--yes')).toMatchObject({ code: 1, out: expect.stringContaining('Stop Vigie') as string });
  const gone = once(serving, 'exit');
  serving.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
});

test('nothing is replaced without --yes', { timeout: 40_000 }, async () => {
  const exported = path.join(dir, 'export');
  expect((await database('export', exported)).code).toBe(0);
  const refused = { code: 1, out: expect.stringContaining('--yes') as string };
  expect(await database('export', exported)).toMatchObject(refused);
  expect(await database('import', exported)).toMatchObject(refused);
  expect(await database('import', exported, '--yes')).toMatchObject({ code: 0, out: expect.stringContaining('kept as') as string });
  expect(await database('restore')).toMatchObject({ code: 1, out: expect.stringContaining('Name the backup') as string });
});
