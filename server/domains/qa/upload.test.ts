import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSourceCall, uploadCsvCall } from '#shared/qa/api.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { LINAC, WEDNESDAY } from '#server/testing/quality.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { currentLight } from './index.ts';

const HEADING = 'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate';
const GOOD = `${HEADING}\n1;145;66;CQ hebdo;2026-11-10 07:30:00\n2;145;66;CQ hebdo;2026-11-17 07:30:00\n`;
const PATH = uploadCsvCall.path;
let test: TestApp;
let physicist: Client;

beforeAll(async () => {
  test = await startTestApp({ at: WEDNESDAY });
  await ensureMachine(test.ctx, { name: 'Versa HD 3', shortName: 'VHD3', colour: '#1976D2', kind: 'linac', ...LINAC });
  physicist = await test.as('physicist');
});
afterAll(() => test.close());

const bodyOf = (text: string | Buffer, whole = false) => ({ name: 'export.csv', whole, base64: Buffer.from(text).toString('base64') });
const upload = (text: string | Buffer, whole = false) => physicist.request<Refused>('POST', PATH, bodyOf(text, whole));
interface Refused {
  error: { code: string; details: { rule: string; message: string }[] };
}
const light = async () => (await currentLight('linac', test.clock.now())).light;

describe('a CSV export', () => {
  it('without any file there is no source, and a reading makes none', async () => {
    expect(await physicist.call(readSourceCall)).toMatchObject({ kind: null, failure: null });
    expect((await physicist.request('POST', '/api/qa/source/read')).status).toBe(200);
    expect(await physicist.call(readSourceCall)).toMatchObject({ kind: null, failure: null });
  });

  it.each<[string, string | Buffer]>([
    ['empty', ''],
    ['encoding', Buffer.from([0x50, 0x4b, 0, 0, 0xff, 0, 0])],
    ['separator', GOOD.replaceAll(';', ',')],
    ['columns', GOOD.replace('StudyDate', 'Date')],
    ['quotes', `${HEADING}\n1;145;66;"CQ;2026-11-10`],
  ])('that is wrong as a whole (%s) is refused with words, and nothing is taken', async (code, text) => {
    const before = await footprint('qa_controls', 'qa_source', 'lights');
    const { status, body } = await upload(text);
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'qa.csv', details: [{ rule: code }] });
    expect(body.error.details[0]?.message.length).toBeGreaterThan(10);
    expect(await footprint('qa_controls', 'qa_source', 'lights')).toEqual(before);
  });

  it('is given by those who may, and well formed', async () => {
    const before = await footprint('qa_controls');
    const statuses = await statusesOf([
      [test.anonymous(), 'POST', PATH, bodyOf(GOOD)],
      [await test.as('technologist'), 'POST', PATH, bodyOf(GOOD)],
      [physicist, 'POST', PATH, { name: 'x', whole: false, base64: '###' }],
      [await test.as('technologist'), 'POST', '/api/qa/source/read'],
    ]);
    expect(statuses).toEqual([401, 403, 400, 403]);
    expect(await footprint('qa_controls')).toEqual(before);
  });

  it('that is good lights the machines; lines that are wrong are told by number', async () => {
    const { status, body } = await upload(`${GOOD}x;145;66;CQ;2026-11-17\n3;145;66;CQ;31/02/2026\n`);
    expect(status).toBe(200);
    expect(body).toEqual({
      controls: 3,
      faults: [expect.objectContaining({ where: 'export.csv:4' }), expect.objectContaining({ where: 'export.csv:5' })],
    });
    expect(await light()).toBe('green');
    expect(await physicist.call(readSourceCall)).toMatchObject({ kind: 'csv', controls: 3, failure: null });
    expect(await auditedActions('qa:source')).toEqual(['qa.csv-uploaded', 'qa.source-read']);
  });

  it('that is said to be whole takes away what is not in it; another adds to it', async () => {
    await upload(`${HEADING}\n1;145;66;CQ hebdo;2026-11-10 07:30:00\n`, true);
    expect(await physicist.call(readSourceCall)).toMatchObject({ controls: 1, changed: 2 });
    await upload(`${HEADING}\n8;145;66;CQ hebdo;2026-11-18 07:30:00\n`);
    expect(await physicist.call(readSourceCall)).toMatchObject({ controls: 2, changed: 1 });
  });

  it('of fifteen years (8 MB as it travels) is taken', async () => {
    const line = (id: number): string => `${id};145;66;${'Contrôle qualité hebdomadaire '.repeat(2)};2026-11-17 07:30:00`;
    const text = [HEADING, ...Array.from({ length: 70_000 }, (_, index) => line(1000 + index)), ''].join('\n');
    expect(await upload(text)).toMatchObject({ status: 200, body: { controls: 70_000 } });
    await expect.poll(async () => (await physicist.call(readSourceCall)).controls, { timeout: 45_000, interval: 500 }).toBe(70_002);
  }, 60_000);

  it('is believed for a day', async () => {
    test.clock.advance(25 * 3_600_000);
    expect(await light()).toBe('unknown');
  });
});
