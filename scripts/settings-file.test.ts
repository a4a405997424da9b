import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbedded } from '#server/platform/mongo/embedded/index.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigie-settings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `npx vigie …` on a site whose data lies in a folder of its own. */
async function vigie(site: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const env = { ...process.env, DATA_DIR: path.join(folder, site), NODE_ENV: 'production' };
  try {
    const { stdout } = await run(process.execPath, [path.join(import.meta.dirname, 'vigie.js'), ...args], { env });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string }; // what execFile rejects with
    return { code, out: stderr };
  }
}

const MACHINE = {
  id: 'tomo1',
  name: 'TOMO1',
  shortName: 'TOMO1',
  colour: '#388E3C',
  kind: 'tomotherapy',
  byNameOnly: true,
  qaTypes: ['CQH'],
};

it('a site’s settings go to another site by one file, and come back the same', async () => {
  const [first, second] = [path.join(folder, 'first.json'), path.join(folder, 'second.json')];
  expect((await vigie('a', 'settings', 'export', first)).code).toBe(0);
  const settings = JSON.parse(await readFile(first, 'utf8'));
  settings.machines = [MACHINE];
  settings.workflow.statuses.PLAN_EN_REVUE.maxHours = 48;
  await writeFile(first, JSON.stringify(settings));
  expect(await vigie('b', 'settings', 'import', first)).toMatchObject({ code: 0, out: expect.stringContaining('1 machines') });
  expect((await vigie('b', 'settings', 'export', second)).code).toBe(0);
  const back = JSON.parse(await readFile(second, 'utf8'));
  expect(back.machines).toMatchObject([MACHINE]);
  expect(back.workflow).toMatchObject({ version: 2, statuses: { PLAN_EN_REVUE: { maxHours: 48 } } });
});

it('a file with faults is refused whole, every fault is told, and nothing is written', async () => {
  const file = path.join(folder, 'bad.json');
  await vigie('a', 'settings', 'export', file);
  const settings = JSON.parse(await readFile(file, 'utf8'));
  settings.machines = [{ ...MACHINE, colour: 'red', kind: 'rocket' }];
  settings.workflow.statuses.PLAN_VALIDE.enter = ['chef'];
  await writeFile(file, JSON.stringify(settings));
  const { code, out } = await vigie('a', 'settings', 'import', file);
  expect(code).toBe(1);
  for (const fault of ['machines.0.colour', 'machines.0.kind', 'workflow.statuses.PLAN_VALIDE.enter.0']) expect(out).toContain(fault);
  expect(JSON.parse((await vigie('a', 'settings', 'export')).out).machines).toEqual([]);
});

it('a workflow that strands a status is refused with its reason', async () => {
  const file = path.join(folder, 'stranded.json');
  await vigie('a', 'settings', 'export', file);
  const settings = JSON.parse(await readFile(file, 'utf8'));
  settings.workflow.statuses.A_REPRENDRE_CONTOURAGE.forward = [];
  await writeFile(file, JSON.stringify(settings));
  const { code, out } = await vigie('a', 'settings', 'import', file);
  expect([code, out]).toEqual([1, expect.stringContaining('A_REPRENDRE_CONTOURAGE: no way leads out of it')]);
});

it('an older export is not overwritten', async () => {
  const file = path.join(folder, 'kept.json');
  await writeFile(file, 'mine');
  expect((await vigie('a', 'settings', 'export', file)).code).toBe(1);
  expect(await readFile(file, 'utf8')).toBe('mine');
});

it('the data of a newer Vigie is not touched', async () => {
  const file = path.join(folder, 'first.json');
  await vigie('a', 'settings', 'export', file);
  const engine = await startEmbedded(path.join(folder, 'a'));
  const client = await MongoClient.connect(engine.uri);
  await client.db('vigie').collection<{ _id: number; name: string }>('migrations').insertOne({ _id: 1000, name: 'of tomorrow' });
  await client.close();
  await engine.close();
  const { code, out } = await vigie('a', 'settings', 'import', file);
  expect([code, out]).toEqual([1, expect.stringContaining('newer Vigie')]);
});
