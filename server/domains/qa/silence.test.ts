import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditedActions, footprint } from '#server/testing/footprint.ts';
import { HOUR_MS, THIS_WEEK, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import type { Faults } from '../../../scripts/demo/artiscan/server.ts';
import { startSimulator } from '../../../scripts/demo/artiscan/server.ts';
import { synchronise } from './synchronise.ts';
import { artiscanOfSite } from './source/configured.ts';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { SourceFailure, type QaSource } from './source/port.ts';
import { pictureAt } from './picture.ts';

let site: QualitySite;
beforeEach(async () => {
  site = await startQualitySite();
  await site.read();
});
afterEach(() => site.close());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const count = async () => (await pictureAt(site.test.clock.now())).controls.size;

describe('a source that cannot be read', () => {
  it.each<[string, Faults]>([
    ['cut', (phase) => (phase === 'query' ? { drop: 'reset', afterRows: 1 } : undefined)],
    ['database', (phase) => (phase === 'login' ? { error: { number: 4060 } } : undefined)],
    ['login', (phase) => (phase === 'login' ? { error: { number: 18_456 } } : undefined)],
    ['permission', (phase) => (phase === 'query' ? { error: { number: 229 } } : undefined)],
  ])('says so (%s), since when, and keeps the last good data, dated', async (code, faults) => {
    const { lastReadAt } = await site.read();
    site.setFaults(faults);
    const first = await site.read({ whole: false });
    expect(first).toMatchObject({ failure: { code }, lastReadAt, controls: 2 });
    site.test.clock.advance(HOUR_MS);
    const second = await site.read({ whole: false });
    expect(second).toMatchObject({ failure: first.failure, lastReadAt });
    expect(second.lastTriedAt).not.toBe(first.lastTriedAt);
    expect(await count()).toBe(2);
    expect(await site.light()).toMatchObject({ light: 'green', silentSince: first.failure?.since });
    expect(await auditedActions('qa:source')).toEqual(['qa.source-read', 'qa.source-failed']);
    site.setFaults(() => undefined);
    expect(await site.read({ whole: false })).toMatchObject({ failure: null, controls: 2 });
    expect(await site.light()).toMatchObject({ light: 'green', silentSince: null });
  });

  it('for one reason and then another has been silent since the first', async () => {
    const failing = (code: 'unreachable' | 'timeout'): QaSource => ({
      kind: 'artiscan',
      check: () => Promise.resolve([]),
      read: () => Promise.reject(new SourceFailure(code)),
    });
    const first = await synchronise(site.test.ctx, failing('unreachable'), { whole: false, signal: signal() });
    site.test.clock.advance(HOUR_MS);
    const second = await synchronise(site.test.ctx, failing('timeout'), { whole: false, signal: signal() });
    expect(second.failure).toEqual({ code: 'timeout', since: first.failure?.since });
  });

  it('without a column names it, and no control goes', async () => {
    const columns = ['Id_ControleStudy', 'Id_Object', 'Name', 'StudyDate'].map((name) => ({
      name,
      type: name === 'Name' ? 'nvarchar(50)' : 'int',
    }));
    const other = await startSimulator({
      database: 'DBArtiscan',
      user: 'u',
      password: 'p',
      encryption: 'none',
      tables: [{ name: 'CONTROLE_STUDY', columns }],
    });
    const { host, port } = other;
    const place = { host, port, database: 'DBArtiscan', user: 'u', password: 'p', encrypt: false };
    const source = await artiscanOfSite(place, () => ArtiscanTables.parse({}), site.test.clock.now.bind(site.test.clock));
    const state = await synchronise(site.test.ctx, source, { whole: false, signal: signal() }).finally(() => other.stop());
    expect(state).toMatchObject({ failure: { code: 'schema' }, controls: 2 });
    expect(state.missing).toEqual(expect.arrayContaining([expect.stringContaining('CONTROLE_STUDY.Id_UserModule')]));
    expect(await count()).toBe(2);
  });

  it('that fails in another way is no silence: the job is told, and nothing is written', async () => {
    const broken: QaSource = {
      kind: 'artiscan',
      check: () => Promise.resolve([]),
      read: () => Promise.reject(new TypeError('a fault of ours')),
    };
    await expect(synchronise(site.test.ctx, broken, { whole: true, signal: signal() })).rejects.toThrow('a fault of ours');
    expect((await site.read()).failure).toBeNull();
  });

  it('with rows that are no controls tells where, and takes the others', async () => {
    site.simulator.controls.add({ ...THIS_WEEK, id: 12, objectId: null });
    const state = await site.read();
    expect(state).toMatchObject({ failure: null, controls: 2 });
    expect(state.faults).toEqual([expect.objectContaining({ where: 'study 12' })]);
  });
});

it('a site with an Artiscan takes no file', async () => {
  const body = { name: 'export.csv', whole: true, base64: Buffer.from('Id_ControleStudy').toString('base64') };
  const before = await footprint('qa_controls', 'qa_source');
  const answer = await (await site.as('physicist')).request('POST', '/api/qa/source/csv', body);
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'qa.source' } } });
  expect(await footprint('qa_controls', 'qa_source')).toEqual(before);
});
