import { describe, expect, test } from 'vitest';
import { pick, seededRandom } from '../random.ts';
import { TYPES_IN_ORDER, type Control, type QaType } from './controls.ts';
import { cellsOfYear, evaluateMachine, type View } from './evaluate.ts';
import { NOTHING_DECLARED, type MachineContext } from './judge.ts';
import { applyChanges, leftOutAt, typesSeen } from './ledger.ts';
import { rateOf, type Cell } from './states.ts';
import { MACHINE, MODULE_OF, clock, control, viewOf } from './testing.ts';

const on = (id: number, at: string | null, type: QaType = 'CQH', other: Partial<Control> = {}): Control =>
  control(id, { moduleId: MODULE_OF[type], at: at === null ? null : clock(at), ...other });
const machineWith = (...qaTypes: QaType[]) => ({ ...MACHINE, qaTypes });
const weekly = (view: View, context: MachineContext = NOTHING_DECLARED) => evaluateMachine(view, MACHINE.id, context).CQH;
const said = (cells: readonly Cell[] | undefined) =>
  cells?.map(({ period, state, justified }) => `${period.label} ${state}${justified ? ' justified' : ''}`);
const reasons = (view: View) => leftOutAt(view.ledger, view.now).map((one) => [one.control.id, one.reason]);

describe('the state of a period', () => {
  test.each([
    ['done on its Monday', '2026-11-20T12:00', ['2026-11-16T00:00'], 'done'],
    ['done on its Friday, late', '2026-11-21T12:00', ['2026-11-20T23:59:59.999'], 'done'],
    ['nothing done, on its last day', '2026-11-20T23:59', [], 'running'],
    ['nothing done, the day after', '2026-11-21T00:00', [], 'missed'],
    ['done on the Saturday only', '2026-11-22T12:00', ['2026-11-21T08:00'], 'missed'],
    ['done tomorrow: not yet', '2026-11-18T12:00', ['2026-11-19T08:00'], 'running'],
    ['done twice', '2026-11-20T12:00', ['2026-11-17T08:00', '2026-11-18T08:00'], 'done'],
  ])('%s', (_what, now, dates, state) => {
    const view = viewOf(
      dates.map((at, index) => on(index + 1, at)),
      { now, from: '2026-11-16' },
    );
    expect(said(weekly(view)?.cells)).toEqual([`S47 2026 ${state}`]);
  });

  test.each([
    ['a week of public holidays', { holidays: ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'] }, [], 'none'],
    ['four public holidays', { holidays: ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'] }, [], 'missed'],
    ['declared down from Monday morning to Friday evening', {}, [['2026-11-16T07:30', '2026-11-20T18:00']], 'none'],
    ['declared down from Monday at nine', {}, [['2026-11-16T09:00', '2026-11-20T18:00']], 'missed'],
    ['declared down until Friday at noon', {}, [['2026-11-16T07:30', '2026-11-20T12:00']], 'missed'],
    ['declared down, nobody knows until when', {}, [['2026-11-15T00:00', null]], 'none'],
    [
      'two stops, one after the other',
      {},
      [
        ['2026-11-18T12:00', '2026-11-23T00:00'],
        ['2026-11-14T00:00', '2026-11-18T12:00'],
      ],
      'none',
    ],
    [
      'two stops with an hour between',
      {},
      [
        ['2026-11-18T12:00', '2026-11-23T00:00'],
        ['2026-11-14T00:00', '2026-11-18T11:00'],
      ],
      'missed',
    ],
    ['a holiday and the rest down', { holidays: ['2026-11-16'] }, [['2026-11-17T00:00', '2026-11-21T00:00']], 'none'],
    ['a stop of another week', {}, [['2026-11-09T00:00', '2026-11-16T00:00']], 'missed'],
  ] as const)('%s', (_what, given, stops, state) => {
    const downtime = stops.map(([from, to]) => ({ from: clock(from), to: to === null ? null : clock(to), kind: 'downtime' as const }));
    const view = viewOf([], { now: '2026-11-22T12:00', from: '2026-11-16', ...given });
    expect(said(weekly(view, { ...NOTHING_DECLARED, downtime })?.cells)).toEqual([`S47 2026 ${state}`]);
  });

  test('one without a working day is not applicable whatever was done in it, and does not count', () => {
    const downtime = [{ from: clock('2026-11-16'), to: clock('2026-11-21'), kind: 'maintenance' as const }];
    const evaluation = weekly(viewOf([on(1, '2026-11-18')], { now: '2026-11-22', from: '2026-11-16' }), { ...NOTHING_DECLARED, downtime });
    expect([said(evaluation?.cells), evaluation?.cells[0]?.controls.length, evaluation?.rate]).toEqual([['S47 2026 none'], 1, 100]);
  });

  test('a justification holds until it expires, and the period counts as missed all the same', () => {
    const view = viewOf([], { now: '2026-11-17T12:00', from: '2026-11-09' });
    const context = (expires: string | null): MachineContext => ({
      ...NOTHING_DECLARED,
      justifications: [{ type: 'CQH', period: '2026-11-09', expires: expires === null ? null : clock(expires) }],
    });
    const stateWith = (expires: string | null) => said(weekly(view, context(expires))?.cells)?.[0];
    expect(stateWith(null)).toBe('S46 2026 missed justified');
    expect(stateWith('2026-11-17T12:00:01')).toBe('S46 2026 missed justified');
    expect(stateWith('2026-11-17T12:00')).toBe('S46 2026 missed');
    expect(weekly(view, context(null))).toMatchObject({ missed: 1, rate: 0 });
    const same = context('2026-11-17T13:00');
    expect(said(weekly(view, same)?.cells)?.[0]).toBe('S46 2026 missed justified');
    expect(said(weekly({ ...view, now: clock('2026-11-17T13:00') }, same)?.cells)?.[0], 'with what was kept').toBe('S46 2026 missed');
  });

  test('days: those of the week, holidays not applicable, one entered by hand done', () => {
    const view = viewOf([on(1, '2026-11-10T07:10', 'CQQ'), on(2, '2026-11-14T07:10', 'CQQ')], {
      now: '2026-11-16T07:00',
      from: '2026-11-09',
      machines: [machineWith('CQQ')],
      holidays: ['2026-11-11'],
    });
    const daily = [{ day: '2026-11-12', outcome: 'pass' as const, at: clock('2026-11-12T07:00') }];
    const evaluation = evaluateMachine(view, MACHINE.id, { ...NOTHING_DECLARED, daily }).CQQ;
    expect(said(evaluation?.cells)).toEqual([
      '2026-11-09 missed',
      '2026-11-10 done',
      '2026-11-11 none',
      '2026-11-12 done',
      '2026-11-13 missed',
      '2026-11-16 running',
    ]);
    expect(evaluation?.rate).toBe(50);
    expect(reasons(view)).toEqual([[2, 'date.weekend']]);
  });
});

describe('rates', () => {
  test.each([
    [0, 0, 100],
    [1, 0, 100],
    [0, 3, 0],
    [2, 1, 66.7],
    [1, 2, 33.3],
    [45, 2, 95.7],
    [999, 1, 99.9],
    [1999, 1, 100],
  ])('%i done and %i missed make %s %%', (done, missed, rate) => {
    expect(rateOf(done, missed)).toBe(rate);
  });

  test('a type that the machine does not need has none', () => {
    expect(Object.keys(evaluateMachine(viewOf([on(1, '2026-11-17')], { now: '2026-11-20' }), MACHINE.id, NOTHING_DECLARED))).toEqual([
      'CQH',
    ]);
    expect(evaluateMachine(viewOf([], { now: '2026-11-20' }), 'nowhere', NOTHING_DECLARED)).toEqual({});
  });
});

describe('nothing is lost', () => {
  test('each control that does not count is listed with its reason, and those that should be looked at', () => {
    const view = viewOf(
      [
        on(1, '2026-11-17'),
        on(2, '2026-11-17', 'CQH', { name: 'a test' }),
        on(3, '2026-11-17', 'CQH', { objectId: 999 }),
        on(4, '2026-11-17', 'CQH', { moduleId: 24 }),
        on(5, '2026-11-17', 'CQH', { moduleId: null }),
        on(6, '2026-11-17', 'CQM'),
        on(7, null),
        on(8, '2026-11-15'),
        on(9, '1900-01-01'),
        on(10, '9999-12-31'),
        on(11, '2026-11-20T12:00:00.001'),
        on(12, '2026-10-04'),
        on(13, '2026-11-17', 'CQH', { name: 'CQM' }),
      ],
      { now: '2026-11-20T12:00' },
    );
    expect(reasons(view)).toEqual([
      [2, 'excluded'],
      [3, 'machine.unknown'],
      [4, 'type.unknown'],
      [5, 'type.unknown'],
      [6, 'type.not-required'],
      [7, 'date.missing'],
      [8, 'date.weekend'],
      [9, 'date.outside'],
      [10, 'date.future'],
      [11, 'date.future'],
      [12, 'date.outside'],
      [13, 'type.not-required'],
    ]);
    expect(weekly(view)?.cells.at(-1)).toMatchObject({ state: 'done', controls: [{ id: 1 }] });
    expect(typesSeen(view.ledger, MACHINE.id)).toEqual(['CQH', 'CQM']);
  });

  test('an ambiguous one counts and is listed', () => {
    const view = viewOf([on(1, '2026-11-17', 'CQH', { name: 'CQM' })], {
      now: '2026-11-20',
      machines: [machineWith('CQH', 'CQM')],
      from: '2026-11-16',
    });
    expect(reasons(view)).toEqual([[1, 'ambiguous']]);
    expect(said(evaluateMachine(view, MACHINE.id, NOTHING_DECLARED).CQM?.cells)).toEqual(['2026-11 done']);
  });

  test('one dated ahead counts when its hour has come', () => {
    const view = viewOf([on(1, '2026-11-17T12:03')], { now: '2026-11-17T12:00', from: '2026-11-16' });
    expect(weekly(view)).toMatchObject({ running: { state: 'running' }, nextAhead: '2026-11-17T12:03:00.000', latest: null });
    const later = { ...view, now: clock('2026-11-17T12:03') };
    expect(weekly(later)).toMatchObject({ running: { state: 'done' }, nextAhead: null, latest: { id: 1 } });
    expect([reasons(view), reasons(later)]).toEqual([[[1, 'date.future']], []]);
  });

  test('dates of 1900 and 9999 make no period', () => {
    const view = viewOf([on(1, '1900-01-01'), on(2, '9999-12-31')], { now: '2026-11-20T12:00', from: '2026-11-16' });
    expect(said(weekly(view)?.cells)).toEqual(['S47 2026 running']);
  });

  test('controls of the weekend before the first day are outside, those of the week that holds it count', () => {
    const given = { now: '2026-10-16', from: '2026-10-10' };
    expect(reasons(viewOf([on(1, '2026-10-08'), on(2, '2026-10-10')], given))).toEqual([
      [1, 'date.outside'],
      [2, 'date.weekend'],
    ]);
    expect(reasons(viewOf([on(1, '2026-10-05')], { ...given, from: '2026-10-09' }))).toEqual([]);
  });

  test('a Saturday counts for the week that ends when the site says so', () => {
    const view = viewOf([on(1, '2026-11-14')], { now: '2026-11-20', from: '2026-11-09', weekendCountsForEndingWeek: true });
    expect(said(weekly(view)?.cells)).toEqual(['S46 2026 done', 'S47 2026 running']);
    const ahead = viewOf([on(1, '2026-11-15T18:00')], { now: '2026-11-15T12:00', from: '2026-11-09', weekendCountsForEndingWeek: true });
    expect(said(weekly(ahead)?.cells)).toEqual(['S46 2026 missed']);
    expect(said(weekly({ ...ahead, now: clock('2026-11-15T18:00') })?.cells)).toEqual(['S46 2026 done']);
  });
});

describe('changes', () => {
  test('a renamed, a re-dated and a removed control are followed, and the light’s latest with them', () => {
    const view = viewOf([on(1, '2026-11-10'), on(2, '2026-11-17')], { now: '2026-11-20', from: '2026-11-09' });
    expect(said(weekly(view)?.cells)).toEqual(['S46 2026 done', 'S47 2026 done']);
    applyChanges(view.ledger, { changed: [on(1, '2026-11-10', 'CQH', { name: 'test' })] }, view.now);
    expect([said(weekly(view)?.cells), reasons(view)]).toEqual([['S46 2026 missed', 'S47 2026 done'], [[1, 'excluded']]]);
    applyChanges(view.ledger, { changed: [on(2, '2026-11-12')] }, view.now);
    expect(said(weekly(view)?.cells)).toEqual(['S46 2026 done', 'S47 2026 running']);
    applyChanges(view.ledger, { changed: [], removed: [2, 77] }, view.now);
    expect([said(weekly(view)?.cells), weekly(view)?.latest]).toEqual([['S46 2026 missed', 'S47 2026 running'], null]);
  });

  test('one after another give what all at once gives, whatever they are (seeded, 400 steps)', () => {
    const random = seededRandom(3);
    const machines = [
      machineWith(...TYPES_IN_ORDER),
      { ...machineWith('CQH', 'CQM'), id: 'tomo1', artiscanObjectId: 99, byNameOnly: true },
    ];
    const dates = [
      '2026-10-06',
      '2026-10-31',
      '2026-11-14',
      '2026-11-17',
      '2026-11-20T11:00',
      '2026-11-20T13:00',
      '1900-01-01',
      '9999-12-31',
      null,
    ];
    const given = { now: '2026-11-20T12:00', machines };
    const all = new Map<number, Control>();
    const view = viewOf([], given);
    const everything = (of: View) => [...machines.map(({ id }) => evaluateMachine(of, id, NOTHING_DECLARED)), leftOutAt(of.ledger, of.now)];
    for (let step = 0; step < 400; step += 1) {
      const id = 1 + Math.floor(random() * 60);
      if (random() < 0.3) {
        all.delete(id);
        applyChanges(view.ledger, { changed: [], removed: [id] }, view.now);
      } else {
        const name = pick(random, ['Hebdo', 'CQM', 'CQH', 'CQM CQS', 'test']);
        const changed = on(id, pick(random, dates), pick(random, TYPES_IN_ORDER), { name, objectId: pick(random, [145, 99, 7]) });
        all.set(id, changed);
        applyChanges(view.ledger, { changed: [changed] }, view.now);
      }
      if (step % 20 === 0) expect(sorted(everything(view))).toEqual(sorted(everything(viewOf([...all.values()], given))));
    }
  });

  test('the next day everything is judged anew', () => {
    const view = viewOf([], { now: '2026-11-20T23:59', from: '2026-11-16' });
    expect(said(weekly(view)?.cells)).toEqual(['S47 2026 running']);
    expect(said(weekly({ ...view, now: clock('2026-11-21T00:00') })?.cells)).toEqual(['S47 2026 missed']);
    expect(said(weekly({ ...view, now: clock('2026-11-23T00:00') })?.cells)).toEqual(['S47 2026 missed', 'S48 2026 running']);
  });
});

test('a year’s table has the periods to come too', () => {
  const view = viewOf([on(1, '2026-11-17')], { now: '2026-11-20', from: '2026-11-09' });
  const cells = cellsOfYear(view, MACHINE.id, NOTHING_DECLARED, { type: 'CQH', year: 2026 });
  expect(said(cells)).toEqual(['S46 2026 missed', 'S47 2026 done', ...[48, 49, 50, 51, 52, 53].map((week) => `S${week} 2026 running`)]);
  expect(cellsOfYear(view, MACHINE.id, NOTHING_DECLARED, { type: 'CQM', year: 2026 })).toEqual([]);
});

/** Controls of one period have no order of their own. */
function sorted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, one: unknown) =>
    key === 'controls' && Array.isArray(one) ? (one as Control[]).toSorted((a, b) => a.id - b.id) : one,
  );
}
