import { describe, expect, test } from 'vitest';
import { qaEn } from '../messages/qa-en.ts';
import { qaFr } from '../messages/qa-fr.ts';
import { lightSentence } from '../messages/qa-sentences.ts';
import type { Control, QaType } from './controls.ts';
import { evaluateMachine } from './evaluate.ts';
import { NOTHING_DECLARED, type MachineContext } from './judge.ts';
import { lightOf, type MachineFacts, type MachineLight } from './machine-light.ts';
import { MACHINE, MODULE_OF, clock, control, viewOf } from './testing.ts';

const NOW_MS = 1_000_000_000_000;
const HOUR_MS = 3_600_000;

interface Given {
  now?: string;
  types?: readonly QaType[];
  controls?: readonly (readonly [type: QaType, at: string, other?: Partial<Control>])[];
  context?: Partial<MachineContext>;
  facts?: Partial<MachineFacts>;
  holidays?: readonly string[];
  from?: string;
}

/** Weekly controls of S46 (9–13) and S47 (16–20 November 2026) by default, on Wednesday 18 at noon. */
function light(given: Given = {}): MachineLight {
  const types = given.types ?? ['CQH'];
  const controls = given.controls ?? [
    ['CQH', '2026-11-10'],
    ['CQH', '2026-11-17'],
  ];
  const view = viewOf(
    controls.map(([type, at, other], index) => control(index + 1, { moduleId: MODULE_OF[type], at: clock(at), ...other })),
    {
      now: given.now ?? '2026-11-18T12:00',
      from: given.from ?? '2026-11-09',
      machines: [{ ...MACHINE, qaTypes: types }],
      holidays: given.holidays ?? [],
    },
  );
  const context = { ...NOTHING_DECLARED, ...given.context };
  const facts: MachineFacts = {
    types,
    evaluation: evaluateMachine(view, MACHINE.id, context),
    context,
    reportedDown: null,
    released: new Set(),
    source: { lastReadMs: NOW_MS, limitHours: 24, silentSinceMs: null },
    previous: null,
    ...given.facts,
  };
  return lightOf(facts, { now: view.now, nowMs: NOW_MS, calendar: view.calendar, dueHour: '08:30' });
}

const short = (given: Given) => {
  const { light: colour, reasons } = light(given);
  return [colour, ...reasons.map(({ code }) => code)];
};
const stop = (from: string, to: string | null, kind: 'downtime' | 'maintenance' = 'downtime') => ({
  from: clock(from),
  to: to === null ? null : clock(to),
  kind,
});
const source = (hoursAgo: number | null, silent = false): Pick<MachineFacts, 'source'> => ({
  source: {
    lastReadMs: hoursAgo === null ? null : NOW_MS - hoursAgo * HOUR_MS,
    limitHours: 24,
    silentSinceMs: silent ? NOW_MS - HOUR_MS : null,
  },
});
const justified = (expires: string | null) => ({
  justifications: [{ type: 'CQH' as const, period: '2026-11-09', expires: expires === null ? null : clock(expires) }],
});
const entry = (outcome: 'pass' | 'fail', at: string) => ({ day: at.slice(0, 10), outcome, at: clock(at) });
const NEVER: Given['controls'] = [];
const DAILY: Given = { types: ['CQQ'], from: '2026-11-17', now: '2026-11-18T12:00' };
const YESTERDAY = ['CQQ', '2026-11-17T07:00'] as const;
const TODAY = ['CQQ', '2026-11-18T07:00'] as const;

describe('stopped', () => {
  test.each<[string, Given, string[]]>([
    ['declared downtime', { context: { downtime: [stop('2026-11-18T12:00', '2026-11-19')] } }, ['stopped', 'stopped.downtime']],
    [
      'maintenance without an end',
      { context: { downtime: [stop('2026-11-18', null, 'maintenance')] } },
      ['stopped', 'stopped.maintenance'],
    ],
    ['over at this minute', { context: { downtime: [stop('2026-11-18', '2026-11-18T12:00')] } }, ['green']],
    ['not begun', { context: { downtime: [stop('2026-11-18T12:01', null)] } }, ['green']],
    [
      'before red and unknown',
      { controls: NEVER, context: { downtime: [stop('2026-11-18', '2026-11-19')] }, facts: source(null) },
      ['stopped', 'stopped.downtime'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(short(given)).toEqual(expected);
  });
});

describe('red', () => {
  test.each<[string, Given, string[]]>([
    ['reported down', { facts: { reportedDown: { since: clock('2026-11-18T09:00'), why: 'MLC' } } }, ['red', 'down.reported']],
    [
      'reported down, no type asked of it',
      { types: [], facts: { reportedDown: { since: clock('2026-11-18T09:00'), why: 'x' } } },
      ['red', 'down.reported'],
    ],
    [
      'reported down, the source unknown',
      { facts: { reportedDown: { since: clock('2026-11-18'), why: 'x' }, ...source(null) } },
      ['red', 'down.reported'],
    ],
    ['the daily one missing at its hour', { ...DAILY, now: '2026-11-18T08:30', controls: [YESTERDAY] }, ['red', 'daily.missing']],
    ['the daily one not yet due', { ...DAILY, now: '2026-11-18T08:29:59', controls: [YESTERDAY] }, ['amber', 'period.due']],
    ['the daily one done', { ...DAILY, controls: [YESTERDAY, TODAY] }, ['green']],
    [
      'the daily one passed by hand',
      { ...DAILY, controls: [YESTERDAY], context: { daily: [entry('pass', '2026-11-18T08:00')] } },
      ['green'],
    ],
    [
      'the daily one of today failed, however late yesterday’s is written down as passed',
      {
        ...DAILY,
        controls: [YESTERDAY],
        context: { daily: [entry('fail', '2026-11-18T07:00'), { ...entry('pass', '2026-11-18T07:10'), day: '2026-11-17' }] },
      },
      ['red', 'daily.failed'],
    ],
    [
      'the daily one failed by hand',
      { ...DAILY, controls: [YESTERDAY], context: { daily: [entry('fail', '2026-11-18T08:00')] } },
      ['red', 'daily.failed'],
    ],
    [
      'failed, then passed',
      { ...DAILY, controls: [YESTERDAY], context: { daily: [entry('pass', '2026-11-18T09:00'), entry('fail', '2026-11-18T08:00')] } },
      ['green'],
    ],
    [
      'passed, then failed',
      { ...DAILY, controls: [YESTERDAY], context: { daily: [entry('pass', '2026-11-18T08:00'), entry('fail', '2026-11-18T09:00')] } },
      ['red', 'daily.failed'],
    ],
    [
      'failed yesterday, and not made good',
      { ...DAILY, now: '2026-11-18T08:00', controls: [YESTERDAY], context: { daily: [entry('fail', '2026-11-17T16:00')] } },
      ['red', 'daily.failed'],
    ],
    [
      'failed, then a control of which nobody knows whether it conforms',
      { ...DAILY, controls: [YESTERDAY, ['CQQ', '2026-11-18T10:00']], context: { daily: [entry('fail', '2026-11-18T08:00')] } },
      ['red', 'daily.failed'],
    ],
    [
      'failed, then a control known to conform',
      {
        ...DAILY,
        controls: [YESTERDAY, ['CQQ', '2026-11-18T10:00', { conform: true }]],
        context: { daily: [entry('fail', '2026-11-18T08:00')] },
      },
      ['green'],
    ],
    ['no daily one is asked for', { now: '2026-11-18T12:00', context: { daily: [entry('fail', '2026-11-18T08:00')] } }, ['green']],
    ['no daily one on a public holiday', { ...DAILY, controls: [YESTERDAY], holidays: ['2026-11-18'] }, ['green']],
    [
      'no daily one on a Saturday',
      { ...DAILY, from: '2026-11-20', now: '2026-11-21T12:00', controls: [['CQQ', '2026-11-20T07:00']] },
      ['green'],
    ],
    ['yesterday’s missed and today’s not done', { ...DAILY, now: '2026-11-18T07:00', controls: NEVER }, ['red', 'period.missed']],
    ['the last week missed, this one not done', { controls: NEVER }, ['red', 'period.missed']],
    ['the last week missed, this one done: done after a miss', { controls: [['CQH', '2026-11-17']] }, ['green']],
    ['the last week missed, done on the Saturday only', { controls: [['CQH', '2026-11-14']] }, ['red', 'period.missed']],
    ['on the Saturday after the missed week', { controls: NEVER, from: '2026-11-16', now: '2026-11-21T00:00' }, ['red', 'period.missed']],
    ['an older miss only', { from: '2026-11-02' }, ['green']],
    [
      'the last week not applicable, the one before missed',
      { controls: NEVER, context: { downtime: [stop('2026-11-09', '2026-11-14')] }, from: '2026-11-02' },
      ['red', 'period.missed'],
    ],
    [
      'this week not applicable, the one before missed',
      { controls: NEVER, now: '2026-11-20T19:00', context: { downtime: [stop('2026-11-16', '2026-11-20T18:30')] } },
      ['red', 'period.missed'],
    ],
    [
      'not conform',
      {
        controls: [
          ['CQH', '2026-11-10'],
          ['CQH', '2026-11-17', { conform: false }],
        ],
      },
      ['red', 'control.not-conform'],
    ],
    [
      'not conform and released',
      {
        controls: [
          ['CQH', '2026-11-10'],
          ['CQH', '2026-11-17', { conform: false }],
        ],
        facts: { released: new Set([2]) },
      },
      ['green'],
    ],
    [
      'not conform, then done again',
      {
        controls: [
          ['CQH', '2026-11-10', { conform: false }],
          ['CQH', '2026-11-17'],
        ],
      },
      ['green'],
    ],
    [
      'not conform on the Saturday',
      {
        controls: [
          ['CQH', '2026-11-10'],
          ['CQH', '2026-11-14', { conform: false }],
          ['CQH', '2026-11-12'],
        ],
        now: '2026-11-16T12:00',
      },
      ['red', 'control.not-conform'],
    ],
    [
      'not conform, dated ahead',
      {
        controls: [
          ['CQH', '2026-11-10'],
          ['CQH', '2026-11-17'],
          ['CQH', '2026-11-18T12:01', { conform: false }],
        ],
      },
      ['green'],
    ],
    ['several at once', { types: ['CQH', 'CQM'], from: '2026-10-01', controls: NEVER }, ['red', 'period.missed', 'period.missed']],
  ])('%s', (_what, given, expected) => {
    expect(short(given)).toEqual(expected);
  });
});

describe('unknown', () => {
  test.each<[string, Given, string[]]>([
    ['a source never read', { facts: source(null) }, ['unknown', 'source.never']],
    ['read at its limit', { facts: source(24) }, ['green']],
    ['read longer ago than its limit', { facts: source(24.001) }, ['unknown', 'source.old']],
    ['silent, the light was green', { facts: { ...source(1, true), previous: 'green' } }, ['green', 'source.silent']],
    ['silent, the light was red: it may not turn green', { facts: { ...source(1, true), previous: 'red' } }, ['unknown', 'source.silent']],
    ['silent, never determined', { facts: source(1, true) }, ['unknown', 'source.silent']],
    [
      'silent, amber says so beside',
      { controls: [['CQH', '2026-11-10']], now: '2026-11-20T08:00', facts: source(1, true) },
      ['amber', 'period.due', 'source.silent'],
    ],
    ['red before unknown', { controls: NEVER, facts: source(null) }, ['red', 'period.missed']],
    ['no source at all: what people enter is all there is', { facts: { source: null } }, ['green']],
  ])('%s', (_what, given, expected) => {
    expect(short(given)).toEqual(expected);
  });
});

describe('justified', () => {
  test.each<[string, Given, string[]]>([
    ['the third case of red, justified', { controls: NEVER, context: justified(null) }, ['justified', 'period.justified']],
    ['until it expires', { controls: NEVER, context: justified('2026-11-18T12:01') }, ['justified', 'period.justified']],
    ['no more when it has expired', { controls: NEVER, context: justified('2026-11-18T12:00') }, ['red', 'period.missed']],
    ['a justified miss made good', { controls: [['CQH', '2026-11-17']], context: justified(null) }, ['green']],
    [
      'another type missed without',
      { types: ['CQH', 'CQM'], from: '2026-10-31', controls: NEVER, context: justified(null) },
      ['red', 'period.missed'],
    ],
    ['before amber', { controls: NEVER, now: '2026-11-20T08:00', context: justified(null) }, ['justified', 'period.justified']],
    ['after unknown', { controls: NEVER, context: justified(null), facts: source(25) }, ['unknown', 'source.old']],
  ])('%s', (_what, given, expected) => {
    expect(short(given)).toEqual(expected);
  });
});

describe('amber, green and none', () => {
  const done: Given['controls'] = [['CQH', '2026-11-10']];
  test.each<[string, Given, string[]]>([
    ['Thursday: two working days left', { controls: done, now: '2026-11-19T23:59' }, ['green']],
    ['Friday: one', { controls: done, now: '2026-11-20T00:00' }, ['amber', 'period.due']],
    [
      'Thursday before a public holiday: one',
      { controls: done, now: '2026-11-19T08:00', holidays: ['2026-11-20'] },
      ['amber', 'period.due'],
    ],
    [
      'Thursday before a declared stop: one',
      { controls: done, now: '2026-11-19T08:00', context: { downtime: [stop('2026-11-20', '2026-11-21')] } },
      ['amber', 'period.due'],
    ],
    ['Friday, done', { now: '2026-11-20T00:00' }, ['green']],
    [
      'the last Thursday of a month that ends on a Sunday: two',
      { types: ['CQM'], from: '2026-05-01', now: '2026-05-28T12:00', controls: [] },
      ['green'],
    ],
    ['its last Friday: one', { types: ['CQM'], from: '2026-05-01', now: '2026-05-29T12:00', controls: [] }, ['amber', 'period.due']],
    ['its last Saturday: none', { types: ['CQM'], from: '2026-05-01', now: '2026-05-30T12:00', controls: [] }, ['amber', 'period.due']],
    ['the last day but one of a half-year', { types: ['CQS'], from: '2026-01-01', now: '2026-06-29T12:00', controls: [] }, ['green']],
    ['the last day of a half-year', { types: ['CQS'], from: '2026-01-01', now: '2026-06-30T12:00', controls: [] }, ['amber', 'period.due']],
    ['everything done', {}, ['green']],
    ['no type asked of it', { types: [] }, ['none']],
    ['no type asked of it, the source silent for a year', { types: [], facts: source(9000, true) }, ['none']],
  ])('%s', (_what, given, expected) => {
    expect(short(given)).toEqual(expected);
  });
});

describe('until when a light may be believed', () => {
  test.each<[string, Given, string]>([
    ['midnight', {}, '2026-11-19T00:00'],
    ['the hour of the daily control', { now: '2026-11-18T07:00' }, '2026-11-18T08:30'],
    ['the end of a stop', { context: { downtime: [stop('2026-11-17', '2026-11-18T14:00')] } }, '2026-11-18T14:00'],
    ['the beginning of one', { context: { downtime: [stop('2026-11-18T13:00', null)] } }, '2026-11-18T13:00'],
    ['the end of a justification', { controls: NEVER, context: justified('2026-11-18T15:00') }, '2026-11-18T15:00'],
    [
      'the hour of a control dated ahead',
      {
        controls: [
          ['CQH', '2026-11-10'],
          ['CQH', '2026-11-18T12:03'],
        ],
      },
      '2026-11-18T12:03',
    ],
    ['midnight of a night of clock change', { now: '2026-10-24T12:00', from: '2026-10-19', controls: [] }, '2026-10-25T00:00'],
  ])('%s', (_what, given, until) => {
    expect(light(given).until).toBe(clock(until));
  });

  test('the instant at which its source will be too old', () => {
    expect(light({ facts: source(20) }).untilMs).toBe(NOW_MS + 4 * HOUR_MS);
    expect(light({ facts: source(30) }).untilMs).toBeNull();
    expect(light({ facts: { source: null } }).untilMs).toBeNull();
  });
});

test('every reason has its words in French and English', () => {
  const seen = [
    light({ context: { downtime: [stop('2026-11-18', '2026-11-27'), stop('2026-11-18', null, 'maintenance')] } }),
    light({
      controls: [['CQH', '2026-11-03', { conform: false }]],
      facts: { reportedDown: { since: clock('2026-11-18T09:00'), why: 'MLC' } },
    }),
    light({ ...DAILY, controls: [YESTERDAY], context: { daily: [entry('fail', '2026-11-18T08:00')] } }),
    light({ ...DAILY, controls: [YESTERDAY] }),
    light({ controls: [['CQH', '2026-11-10']], now: '2026-11-20', facts: source(1, true) }),
    light({ controls: NEVER, context: justified(null) }),
    light({ facts: source(null) }),
    light({ facts: source(30) }),
  ].flatMap(({ reasons }) => reasons);
  expect(new Set(seen.map(({ code }) => code))).toEqual(new Set(Object.keys(qaFr.light(String))));
  const said = seen.map((reason) => [lightSentence(reason, qaFr, () => '17/11/2026 à 13:40'), lightSentence(reason, qaEn, () => '17 Nov')]);
  for (const sentence of said.flat()) expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
  expect(said.map(([french]) => french)).toContain('Hebdomadaire S47 2026 à faire avant la fin du 20/11/2026');
  expect(said.map(([french]) => french)).toContain('Panne signalée le 18/11/2026 à 09:00 : MLC');
});
