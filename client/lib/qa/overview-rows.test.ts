import { describe, expect, it } from 'vitest';
import type { Machine } from '#shared/machines/schemas.ts';
import type { Overview } from '#shared/qa/page-schemas.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { firstToShow, overviewRows, withLight } from './overview-rows.ts';

const NOON = Date.parse('2026-11-20T11:00:00.000Z');
const MIDNIGHT = '2026-11-20T23:00:00.000Z';

const machine = (id: string, active = true): Machine => ({
  id,
  version: 1,
  name: id,
  shortName: id,
  colour: '#0288D1',
  kind: 'linac',
  room: '',
  active,
  byNameOnly: false,
  dicom: { aeTitles: [], stationNames: [], modelNames: [] },
  qaTypes: ['CQH'],
  slotsPerWeekday: [0, 0, 0, 0, 0],
  gapMin: 0,
  prepMin: 0,
  status: { code: 'available', since: MIDNIGHT },
});
const light = (id: string, over: Partial<Light> = {}): Light => ({
  machine: id,
  light: 'green',
  reasons: [],
  why: [],
  asOf: '2026-11-20T06:00:00.000Z',
  until: MIDNIGHT,
  by: null,
  set: 'rules',
  silentSince: null,
  override: null,
  ...over,
});
const TYPE = { type: 'CQH', state: 'done', justified: false, conform: null, dueSoon: false, label: 'S47 2026', to: '2026-11-20' } as const;
const overview = (...lights: Light[]): Overview => ({
  source: { kind: 'csv', lastReadAt: null, lastTriedAt: null, failure: null, missing: [], faults: [], controls: 0, changed: 0 },
  year: { year: 2026, week: 47, weeks: 53 },
  unclassified: 0,
  machines: lights.map((one) => ({ machine: one.machine, light: one, types: [TYPE], rate: 100, latest: null })),
});
const rowsOf = (machines: Machine[], state: Overview, at = NOON) => overviewRows(machines, state, at);

describe('the rows of the overview', () => {
  it('are the machines in service, in the order of the registry', () => {
    const rows = rowsOf([machine('b'), machine('out', false), machine('a')], overview(light('a'), light('b')));
    expect(rows.map((row) => row.machine.id)).toEqual(['b', 'a']);
  });

  it('do not believe a light that has ended, nor one that is missing', () => {
    const after = Date.parse(MIDNIGHT);
    expect(rowsOf([machine('a')], overview(light('a')), after)[0]).toMatchObject({ light: { light: 'unknown' }, held: true });
    expect(rowsOf([machine('a')], overview())[0]).toMatchObject({ light: { light: 'unknown' }, byHand: true });
  });

  it('know that two people lifted a block, and that one alone did not', () => {
    const act = { by: 'Inès', role: 'physicist', at: MIDNIGHT } as const;
    const asked = light('a', { light: 'red', override: { reason: 'r', asked: act, confirmed: null, until: MIDNIGHT } });
    const lifted = light('a', {
      light: 'red',
      override: { reason: 'r', asked: act, confirmed: { ...act, role: 'oncologist' }, until: MIDNIGHT },
    });
    expect(rowsOf([machine('a')], overview(asked))[0]?.held).toBe(true);
    expect(rowsOf([machine('a')], overview(lifted))[0]?.held).toBe(false);
  });

  it('let a light be set by hand only where no rules determine it', () => {
    const rows = rowsOf([machine('a'), machine('b')], overview(light('a'), light('b', { set: 'hand' })));
    expect(rows.map((row) => row.byHand)).toEqual([false, true]);
  });

  it('show first the machine that is held', () => {
    const state = overview(light('a'), light('b', { light: 'red' }));
    expect(firstToShow(rowsOf([machine('a'), machine('b')], state))).toBe('b');
    expect(firstToShow(rowsOf([machine('a')], overview(light('a'))))).toBe('a');
  });
});

describe('a light that is told', () => {
  it('takes the place of an older one, never of a newer one', () => {
    const red = light('a', { light: 'red', asOf: '2026-11-20T07:00:00.000Z' });
    const told = withLight(overview(light('a')), red);
    expect(told.machines[0]?.light).toBe(red);
    expect(withLight(told, light('a')).machines[0]?.light).toBe(red);
  });
});
