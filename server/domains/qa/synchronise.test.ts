import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overviewCall } from '#shared/qa/api.ts';
import { footprint, auditedActions } from '#server/testing/footprint.ts';
import { LAST_WEEK, THIS_WEEK, startQualitySite, type QualitySite } from '#server/testing/quality.ts';
import { pictureAt } from './picture.ts';

let site: QualitySite;
beforeEach(async () => {
  site = await startQualitySite();
});
afterEach(() => site.close());

const known = async () => [...(await pictureAt(site.test.clock.now())).controls.values()];
const stored = () => mongoose.connection.collection('qa_controls').find().sort({ _id: 1 }).toArray();

describe('a reading', () => {
  it('takes all controls at first and lights the machines by them', async () => {
    expect((await site.light()).light).toBe('unknown');
    const state = await site.read({ whole: false });
    expect(state).toMatchObject({ kind: 'artiscan', failure: null, controls: 2, changed: 2, missing: [], faults: [] });
    expect(await site.light()).toMatchObject({ light: 'green', set: 'rules', silentSince: null });
    expect((await known()).map(({ id }) => id)).toEqual([1, 2]);
    expect(await auditedActions('qa:source')).toEqual(['qa.source-read']);
  });

  it('made again changes nothing and tells its age only', async () => {
    await site.read();
    const before = await footprint('qa_controls', 'lights');
    await site.read();
    await site.read({ whole: false });
    const after = await footprint('qa_controls', 'lights');
    expect(after).toEqual({ ...before, events: Number(before.events) + 4 });
    const told = await mongoose.connection.collection('events').find({ topic: 'qa' }).sort({ revision: -1 }).limit(2).toArray();
    expect(told.map(({ type, data }) => [type, data.controls])).toEqual([
      ['qa:source', false],
      ['qa:source', false],
    ]);
  });

  it('from the watermark finds what is new', async () => {
    await site.read();
    site.simulator.controls.add({ ...THIS_WEEK, id: 3, at: '2026-11-18T07:00:00.000' });
    expect(await site.read({ whole: false })).toMatchObject({ controls: 3, changed: 1 });
    expect((await known()).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('follows a control renamed “à supp”: its week is no longer done', async () => {
    site.simulator.controls.remove(1);
    await site.read();
    expect((await site.light()).light).toBe('green');
    site.simulator.controls.rename(2, 'CQ hebdo à supp');
    await site.read({ whole: false });
    expect(await site.light()).toMatchObject({ light: 'red', why: [{ code: 'period.missed', type: 'CQH' }] });
  });

  it('follows one that is gone at once, and asks the whole table before it believes so', async () => {
    await site.read();
    site.simulator.controls.redate(2, '2026-11-09T07:30:00.000');
    await site.read({ whole: false });
    expect((await known()).map(({ id, at }) => [id, at])).toEqual([
      [1, '2026-11-10T07:30:00.000'],
      [2, '2026-11-09T07:30:00.000'],
    ]);
    site.simulator.controls.remove(2);
    await site.read({ whole: true });
    expect((await known()).map(({ id }) => id)).toEqual([1]);
    expect((await stored()).map(({ _id, gone }) => [_id, gone])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('follows old ones at night only, by the whole table', async () => {
    site.simulator.controls.add({ ...LAST_WEEK, id: 9, at: '2026-03-03T08:00:00.000' });
    await site.read();
    site.simulator.controls.redate(9, '2026-03-04T08:00:00.000');
    expect(await site.read({ whole: false })).toMatchObject({ changed: 0 });
    expect(await site.read({ whole: true })).toMatchObject({ changed: 1 });
  });

  it('that brings controls of former years moves the first day that is judged, without a restart', async () => {
    await (await site.as('physicist')).call(overviewCall);
    site.simulator.controls.add({ ...LAST_WEEK, id: 7, at: '2024-06-05T08:00:00.000' });
    await site.read();
    const { view } = await pictureAt(site.test.clock.now());
    expect(view.ledger.leftOut.size).toBe(0);
    expect(view.ledger.setting.from).toBe(Date.UTC(2024, 0, 1) / 86_400_000);
  });

  it('follows what the columns of conformity say: a control that is not conform is red, and its correction is not', async () => {
    await site.read();
    site.simulator.controls.judge(2, false);
    await site.read({ whole: false });
    expect(await site.light()).toMatchObject({ light: 'red', why: [{ code: 'control.not-conform', control: 2 }] });
    site.simulator.controls.judge(2, true);
    await site.read({ whole: false });
    expect((await site.light()).light).toBe('green');
  });

  it('of many controls is written in steps, each complete in itself', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => ({ ...LAST_WEEK, id: 100 + index, at: '2026-02-03T08:00:00.000' }));
    site.simulator.controls.add(...many);
    expect(await site.read()).toMatchObject({ controls: 2502, changed: 2502 });
    const revs = new Set((await stored()).map(({ rev }) => Number(rev)));
    expect([...revs].sort()).toEqual([1, 2, 3]);
    expect(await mongoose.connection.collection('qa_source').findOne()).toMatchObject({ rev: 3 });
  });

  it('that two people ask for at once is made twice, one after the other', async () => {
    const [one, two] = await Promise.all([site.read(), site.read()]);
    expect([one.changed, two.changed].sort()).toEqual([0, 2]);
  });
});
