import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { csvSource, type CsvSource } from './csv.ts';
import { failure, NEVER } from './testing/artiscan-site.ts';

const HEADING = 'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate';

let folder: string;
let now: Date;
let source: CsvSource;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigie-qa-csv-'));
  now = new Date('2026-11-20T11:00:00Z');
  source = csvSource({ folder, now: () => now, settleMs: 30 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function csv(...ids: readonly (number | string)[]): Buffer {
  return Buffer.from([HEADING, ...ids.map((id) => `${id};145;66;CQH ${id};2026-11-16 08:00:00`), ''].join('\n'));
}
const lay = (name: string, bytes: Uint8Array | string) => writeFile(path.join(folder, name), bytes);
const upload = (bytes: Uint8Array, whole = false, name = 'export.csv') => source.take({ name, bytes, whole });
const ids = async () => (await source.read({}, NEVER)).controls.map(({ id }) => id);
const inFolder = (name: string) => readdir(path.join(folder, name));

describe('files', () => {
  test('add up, and the newest is right about a control', async () => {
    await upload(csv(1, 2));
    await upload(Buffer.from(`${HEADING}\n2;145;66;CQH 2 à supp;2026-11-16 08:00:00\n3;145;66;CQH;2026-11-16 08:00:00\n`));
    const { controls } = await source.read({}, NEVER);
    expect(controls.map(({ id, name }) => `${id} ${name}`)).toEqual(['1 CQH 1', '2 CQH 2 à supp', '3 CQH']);
  });

  test('that are whole replace all before them', async () => {
    await upload(csv(1, 2));
    await upload(csv(2), true);
    await upload(csv(4));
    expect(await ids()).toEqual([2, 4]);
  });

  test('keep their order when the clock is set back', async () => {
    await upload(csv(1), true);
    now = new Date('2026-11-20T10:00:00Z');
    await upload(csv(2), true);
    expect(await ids()).toEqual([2]);
  });

  test('are there after a new start', async () => {
    await upload(csv(1));
    await upload(csv(2));
    source = csvSource({ folder, now: () => now });
    expect(await ids()).toEqual([1, 2]);
  });

  test('are as old as the newest of them, however often they are read', async () => {
    await upload(csv(1));
    now = new Date('2026-12-01T08:00:00Z');
    expect((await source.read({}, NEVER)).asOf).toEqual(new Date('2026-11-20T11:00:00Z'));
  });

  test('before the first one there is nothing to say', async () => {
    expect((await failure(source.read({}, NEVER))).code).toBe('absent');
  });

  test('that were replaced go, all but the last ten', async () => {
    for (let id = 1; id <= 14; id++) await upload(csv(id), true);
    expect(await ids()).toEqual([14]);
    expect(await inFolder('done')).toHaveLength(11);
  });

  test('with wrong lines give the others, and say which', async () => {
    await upload(Buffer.concat([csv(1), Buffer.from('x;145;66;CQH;2026-11-16\n')]));
    const { controls, faults } = await source.read({}, NEVER);
    expect(controls).toHaveLength(1);
    expect(faults).toEqual([{ where: expect.stringMatching(/-part-export\.csv:3$/), fault: 'number', column: 'Id_ControleStudy' }]);
  });
});

describe('an upload', () => {
  test.each([
    ['another separator', Buffer.from(csv(1).toString().replaceAll(';', ',')), 'separator'],
    ['no columns of ours', Buffer.from('a;b;c\n1;2;3\n'), 'columns'],
    ['bytes that are no text', Buffer.from([0, 1, 2, 3]), 'encoding'],
    ['nothing', Buffer.alloc(0), 'empty'],
  ])('with %s is refused with the reason, and the last good data stay', async (_what, bytes, code) => {
    await upload(csv(1));
    expect(await upload(bytes, true)).toMatchObject({ taken: false, controls: 0, faults: [{ code }] });
    expect(await ids()).toEqual([1]);
  });

  test('that is too large is refused', async () => {
    expect((await failure(upload(Buffer.alloc((64 << 20) + 1)))).code).toBe('too-many');
  });

  test('leaves the folder by none of its names', async () => {
    await upload(csv(1), false, '../../etc/passwd\n.csv');
    expect(await inFolder('done')).toEqual([expect.stringMatching(/^2026-11-20T11-00-00\.000Z-part-passwd_\.csv$/)]);
    expect(await ids()).toEqual([1]);
  });

  test('two at once are both taken', async () => {
    await Promise.all([upload(csv(1)), upload(csv(2)), upload(csv(3))]);
    expect(await ids()).toEqual([1, 2, 3]);
  });
});

describe('the folder', () => {
  test('gives its files, the whole one by its name, and moves them to done', async () => {
    await upload(csv(1));
    await lay('novembre.csv', csv(2));
    expect(await ids()).toEqual([1, 2]);
    await lay('Complet 2026.CSV', csv(3));
    expect(await ids()).toEqual([3]);
    expect((await inFolder('.')).sort()).toEqual(['done', 'failed']);
  });

  test('a file that still grows waits until it is complete', async () => {
    await upload(csv(1));
    const grows = setInterval(() => void writeFile(path.join(folder, 'slow.csv'), '2;145;66;CQH;2026-11-16\n', { flag: 'a' }), 5);
    await lay('slow.csv', csv(3));
    expect(await ids()).toEqual([1]);
    clearInterval(grows);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ids()).toEqual([1, 2, 3]);
  });

  test('a file that says nothing goes aside with its reason, and holds nobody up', async () => {
    await lay('a.csv', 'wrong,columns\n');
    await lay('b.csv', csv(1));
    expect(await ids()).toEqual([1]);
    const failed = (await inFolder('failed')).sort();
    expect(failed).toEqual(['2026-11-20T11-00-00.000Z-a.csv', '2026-11-20T11-00-00.000Z-a.csv.reason.txt']);
    expect(await readFile(path.join(folder, 'failed', failed[1] ?? ''), 'utf8')).toMatch(/^line 1: columns Id_ControleStudy/);
  });

  test('a file that went aside is told with the last good data, until a good one comes', async () => {
    await upload(csv(1));
    now = new Date('2026-11-20T12:00:00Z');
    await lay('novembre.csv', csv(2).toString().replaceAll(';', ','));
    const { controls, faults, asOf } = await source.read({}, NEVER);
    expect(controls.map(({ id }) => id)).toEqual([1]);
    expect(faults).toEqual([{ where: 'novembre.csv:1', fault: 'separator', column: ',' }]);
    expect(asOf).toEqual(new Date('2026-11-20T11:00:00Z'));
    now = new Date('2026-11-20T12:05:00Z');
    await lay('novembre.csv', csv(2));
    expect((await source.read({}, NEVER)).faults).toEqual([]);
  });

  test('a file that is too large goes aside', async () => {
    await lay('huge.csv', csv(1));
    await truncate(path.join(folder, 'huge.csv'), (64 << 20) + 1);
    expect((await failure(source.read({}, NEVER))).code).toBe('absent');
    expect(await inFolder('failed')).toContainEqual(expect.stringMatching(/huge\.csv$/));
  });

  test('links, hidden and other files are left alone', async () => {
    await lay('notes.txt', 'x');
    await lay('.csv', csv(1));
    await symlink('/etc/hostname', path.join(folder, 'link.csv'));
    expect((await failure(source.read({}, NEVER))).code).toBe('absent');
    expect((await inFolder('.')).sort()).toEqual(['.csv', 'done', 'failed', 'link.csv', 'notes.txt']);
  });
});
