import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enterDailyCall,
  justifyCall,
  releaseControlCall,
  rewordJustificationCall,
  rewordRemarkCall,
  withdrawJustificationCall,
  writeRemarkCall,
} from '#shared/qa/api.ts';
import type { Watcher } from '#server/testing/app.ts';
import { auditedActions, footprint, statusesOf } from '#server/testing/footprint.ts';
import { HOUR_MS, LAST_WEEK, THIS_WEEK, startQualitySite, type QualitySite } from '#server/testing/quality.ts';

let site: QualitySite;
let watcher: Watcher;
const WRITTEN = ['qa_remarks', 'qa_justifications', 'qa_daily', 'qa_releases', 'lights'];
const MISSED = { machine: 'linac', type: 'CQH' as const, period: '2026-11-09' };
const RUNNING = { ...MISSED, period: '2026-11-16' };
const NONE = String(new mongoose.Types.ObjectId());

beforeAll(async () => {
  // The control of last week is missing.
  site = await startQualitySite({ controls: [{ ...LAST_WEEK, at: '2026-11-03T08:00:00.000' }] });
  await site.read();
  watcher = await site.test.watcher(await site.as('manager'));
  await watcher.watch('qa');
});
afterAll(() => site.close());

describe('what is written to periods', () => {
  it('is written by those who may, to what is there, and a refusal leaves nothing behind', async () => {
    const [nobody, technologist, physicist] = [site.test.anonymous(), await site.as('technologist'), await site.as('physicist')];
    const before = await footprint(...WRITTEN);
    const statuses = await statusesOf([
      [nobody, 'POST', '/api/qa/remarks', { ...MISSED, text: 'x' }],
      [technologist, 'POST', '/api/qa/remarks', { ...MISSED, text: 'x' }],
      [physicist, 'POST', '/api/qa/remarks', { ...MISSED, text: ' ' }],
      [physicist, 'POST', '/api/qa/remarks', { ...MISSED, machine: 'no-such', text: 'x' }],
      [physicist, 'POST', '/api/qa/remarks', { ...MISSED, period: '2026-11-10', text: 'x' }],
      [physicist, 'PUT', `/api/qa/remarks/${NONE}`, { text: 'x' }],
      [technologist, 'POST', '/api/qa/justifications', { ...MISSED, text: 'x' }],
      [physicist, 'POST', '/api/qa/justifications', { ...MISSED, text: 'x', expires: '2026-11-17' }],
      [physicist, 'POST', '/api/qa/justifications', { ...RUNNING, text: 'x' }],
      [physicist, 'POST', '/api/qa/justifications', { ...MISSED, period: '2026-11-02', text: 'x' }],
      [physicist, 'POST', '/api/qa/justifications', { ...MISSED, type: 'CQQ', text: 'x' }],
      [physicist, 'POST', `/api/qa/justifications/${NONE}/withdraw`, { reason: 'x' }],
      [nobody, 'POST', '/api/qa/daily', { machine: 'linac', outcome: 'pass' }],
      [await site.as('secretary'), 'POST', '/api/qa/daily', { machine: 'linac', outcome: 'pass' }],
      [technologist, 'POST', '/api/qa/daily', { machine: 'linac', outcome: 'perhaps' }],
      [technologist, 'POST', '/api/qa/daily', { machine: 'no-such', outcome: 'pass' }],
      [technologist, 'POST', '/api/qa/daily', { machine: 'linac', day: '2026-11-19', outcome: 'pass' }],
      [technologist, 'POST', '/api/qa/controls/1/release', { reason: 'x' }],
      [physicist, 'POST', '/api/qa/controls/1/release', { reason: 'x' }],
      [physicist, 'POST', '/api/qa/controls/99/release', { reason: 'x' }],
      [physicist, 'POST', '/api/qa/controls/one/release', { reason: 'x' }],
    ]);
    expect(statuses).toEqual([401, 403, 400, 404, 404, 404, 403, 422, 422, 422, 422, 404, 401, 403, 400, 404, 422, 403, 422, 404, 400]);
    expect(await footprint(...WRITTEN)).toEqual(before);
  });

  it('a remark keeps every wording, and is its author’s', async () => {
    const physicist = await site.as('physicist');
    const { id } = await physicist.call(writeRemarkCall, { body: { ...RUNNING, text: 'Un' } });
    const reworded = await physicist.call(rewordRemarkCall, { params: { id }, body: { text: 'Deux' } });
    expect(reworded).toMatchObject({ text: 'Deux', edits: [{ text: 'Un', by: 'Test physicist' }] });
    await mongoose.connection.collection('qa_remarks').updateOne({}, { $set: { byId: 'another' } });
    const before = await footprint('qa_remarks');
    expect((await physicist.request('PUT', `/api/qa/remarks/${id}`, { text: 'Trois' })).status).toBe(403);
    expect(await footprint('qa_remarks')).toEqual(before);
    const told = await watcher.until(({ type }) => type === 'qa:period');
    expect(told.data).toEqual(RUNNING);
  });

  it('a justification lets the machine treat until it is withdrawn; every wording stays', async () => {
    expect((await site.light()).light).toBe('red');
    const physicist = await site.as('physicist');
    const { id } = await physicist.call(justifyCall, { body: { ...MISSED, text: 'Panne du fantôme', expires: null } });
    expect((await site.light()).light).toBe('justified');
    await physicist.call(rewordJustificationCall, { params: { id }, body: { text: 'Fantôme prêté' } });
    const withdrawn = await physicist.call(withdrawJustificationCall, { params: { id }, body: { reason: 'faite' } });
    expect(withdrawn).toMatchObject({ text: 'Fantôme prêté', withdrawn: { by: 'Test physicist' } });
    expect(withdrawn.edits[0]).toMatchObject({ text: 'Panne du fantôme' });
    expect((await site.light()).light).toBe('red');
    expect((await physicist.request('PUT', `/api/qa/justifications/${id}`, { text: 'x' })).status).toBe(404);
  });

  it('a control that is not conform is released once, by a physicist, and told', async () => {
    site.simulator.controls.add({ ...THIS_WEEK, results: [true, false] });
    await site.read();
    expect(await site.light()).toMatchObject({ light: 'red', why: [{ code: 'control.not-conform', control: 2 }] });
    watcher.received.length = 0;
    const physicist = await site.as('physicist');
    const release = { params: { control: 2 }, body: { reason: 'Mesure refaite au film' } };
    await physicist.call(releaseControlCall, release);
    expect((await site.light()).light).toBe('green');
    expect((await watcher.until(({ type }) => type === 'qa:period')).data).toEqual(RUNNING);
    const before = await footprint(...WRITTEN);
    await physicist.call(releaseControlCall, release);
    expect(await footprint(...WRITTEN)).toEqual(before);
  });

  it('is audited, without what was written', async () => {
    await (await site.as('technologist')).call(enterDailyCall, { body: { machine: 'linac', outcome: 'pass', remark: 'rien à dire' } });
    site.test.clock.advance(HOUR_MS);
    expect((await auditedActions('machine:linac')).filter((action) => action.startsWith('qa.'))).toEqual([
      'qa.remark-written',
      'qa.remark-worded',
      'qa.justified',
      'qa.justification-worded',
      'qa.justification-withdrawn',
      'qa.control-released',
      'qa.daily-entered',
    ]);
    const log = JSON.stringify(await mongoose.connection.collection('audit').find({ subject: 'machine:linac' }).toArray());
    for (const text of ['Panne du fantôme', 'rien à dire', 'Deux', 'film']) expect(log).not.toContain(text);
  });
});
