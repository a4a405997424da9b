import { describe, expect, it } from 'vitest';
import type { Status } from '#shared/dossiers/statuses.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import type { Light, LightColour } from '#shared/qa/schemas.ts';
import type { WallDossier, WallSnapshot } from '#shared/screens/schemas.ts';
import type { Fact } from '../live/index.ts';
import { applyFact, blockedOf, countsOf, fitBeside, machinesOf, monthIsOver } from './wall.ts';

const NOW = '2026-11-20T13:00:00.000Z';
const now = Date.parse(NOW);
const before = (hours: number) => new Date(now - hours * 3_600_000).toISOString();

function dossier(number: number, status: Status, over: Partial<WallDossier> = {}): WallDossier {
  const clearance = { prescription: 'signed', dosimetryQaSigned: true, oncologistSigned: true, machine: 'versa-1' } as const;
  return {
    key: String(number).padStart(24, '0'),
    version: 1,
    number,
    initials: 'P. R.',
    status,
    enteredAt: before(30),
    dueAt: null,
    clearance,
    ...over,
  };
}

function light(machine: string, colour: LightColour, over: Partial<Light> = {}): Light {
  return {
    machine,
    light: colour,
    reasons: [],
    why: [],
    asOf: before(2),
    until: '2026-11-20T23:00:00.000Z',
    by: null,
    set: 'rules',
    silentSince: null,
    override: null,
    ...over,
  };
}

function machine(id: string, over: Partial<Machine> = {}): Machine {
  return {
    id,
    version: 1,
    name: id,
    shortName: id,
    colour: '#0288D1',
    kind: 'linac',
    room: '',
    active: true,
    byNameOnly: false,
    qaTypes: [],
    slotsPerWeekday: [0, 0, 0, 0, 0],
    dicom: { aeTitles: [], stationNames: [], modelNames: [] },
    gapMin: 0,
    prepMin: 0,
    status: { code: 'available', since: NOW },
    ...over,
  };
}

function wall(over: Partial<WallSnapshot> = {}): WallSnapshot {
  return {
    at: NOW,
    site: { name: 'Val-de-Brume', timezone: 'Europe/Paris' },
    level: 1,
    dossiers: [],
    closedThisMonth: 31,
    machines: [machine('versa-1')],
    lights: [light('versa-1', 'green')],
    ...over,
  };
}

const told = (type: string, data: unknown) => ({ topic: 'wall', revision: 1, at: NOW, type, data }) as Fact; // a test writes facts as the server does
const numbers = (list: readonly { dossier: WallDossier }[]) => list.map((one) => one.dossier.number);

describe('a fact on the wall', () => {
  it('puts a dossier in, moves it by version and ignores what is older', () => {
    const created = applyFact(wall(), told('wall:dossier', { dossier: dossier(1, 'A_PREPARER') }));
    const moved = applyFact(created, told('wall:dossier', { dossier: dossier(1, 'CONTOURS_VALIDES', { version: 3 }) }));
    const late = applyFact(moved, told('wall:dossier', { dossier: dossier(1, 'PRESCRIPTION_VALIDEE', { version: 2 }) }));
    expect(late.dossiers).toHaveLength(1);
    expect(late.dossiers[0]?.status).toBe('CONTOURS_VALIDES');
    expect(late).toBe(moved);
  });

  it('takes a closed dossier out and counts it; an undo brings it back', () => {
    const open = wall({ dossiers: [dossier(1, 'EN_TRAITEMENT')] });
    const closed = applyFact(open, told('wall:dossier', { dossier: dossier(1, 'CLOTURE', { version: 2 }), closedThisMonth: 32 }));
    expect([closed.dossiers.length, closed.closedThisMonth]).toEqual([0, 32]);
    const undone = applyFact(closed, told('wall:dossier', { dossier: dossier(1, 'EN_TRAITEMENT', { version: 3 }), closedThisMonth: 31 }));
    expect([undone.dossiers.length, undone.closedThisMonth]).toEqual([1, 31]);
  });

  it('keeps the light that was determined later', () => {
    const red = applyFact(wall(), told('light:changed', { light: light('versa-1', 'red', { asOf: before(1) }) }));
    const old = applyFact(red, told('light:changed', { light: light('versa-1', 'green', { asOf: before(3) }) }));
    expect(old.lights.map((one) => one.light)).toEqual(['red']);
  });

  it('changes a machine in its place and adds a new one at the end', () => {
    const two = wall({ machines: [machine('versa-1'), machine('versa-2')] });
    const renamed = applyFact(two, told('machine:changed', { machine: machine('versa-1', { version: 2, name: 'Versa A' }) }));
    const added = applyFact(renamed, told('machine:changed', { machine: machine('tomo-1') }));
    expect(added.machines.map((one) => one.name)).toEqual(['Versa A', 'versa-2', 'tomo-1']);
  });
});

describe('blocked dossiers', () => {
  it('come with held treatments first, then those ready, then late ones, the longest first', () => {
    const state = wall({
      lights: [light('versa-1', 'red')],
      dossiers: [
        dossier(1, 'CONTOURS_VALIDES', { dueAt: before(3) }),
        dossier(2, 'CONTOURS_VALIDES', { dueAt: before(9) }),
        dossier(3, 'PRET_POUR_TRAITEMENT', { enteredAt: before(5) }),
        dossier(4, 'EN_TRAITEMENT'),
        dossier(5, 'PLAN_EN_REVUE', { dueAt: before(-1) }),
      ],
    });
    expect(numbers(blockedOf(state, now))).toEqual([4, 3, 2, 1]);
  });

  it('count since the reason began: the light, the due time, or the entry into the status', () => {
    const held = wall({ lights: [light('versa-1', 'red')], dossiers: [dossier(1, 'EN_TRAITEMENT')] });
    expect(blockedOf(held, now)[0]?.since).toBe(Date.parse(before(2)));
    const late = wall({ dossiers: [dossier(1, 'PLAN_EN_REVUE', { dueAt: before(3) })] });
    expect(blockedOf(late, now)[0]?.since).toBe(Date.parse(before(3)));
  });

  it('appear by themselves when a light ends or the time is up', () => {
    const state = wall({ dossiers: [dossier(1, 'EN_TRAITEMENT'), dossier(2, 'PLAN_EN_REVUE', { dueAt: before(-20) })] });
    expect(blockedOf(state, now)).toEqual([]);
    expect(numbers(blockedOf(state, Date.parse('2026-11-20T23:00:00Z')))).toEqual([1]);
    expect(numbers(blockedOf(state, now + 20 * 3_600_000))).toEqual([1, 2]);
  });
});

describe('the counts', () => {
  it('are nine, in the order of the path, the last one of this month', () => {
    const state = wall({
      dossiers: [dossier(1, 'A_PREPARER'), dossier(2, 'EN_TRAITEMENT'), dossier(3, 'EN_TRAITEMENT', { dueAt: before(1) })],
    });
    const counts = countsOf(state, blockedOf(state, now));
    expect(counts.map((one) => one.count)).toEqual([1, 0, 0, 0, 0, 0, 0, 2, 31]);
    expect(counts.map((one) => one.blocked)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it('have their blocked number below when one does not fit beside', () => {
    const count = (n: number, blocked: number) => [{ status: 'EN_TRAITEMENT' as const, count: n, blocked }];
    expect([fitBeside(count(23, 3)), fitBeside(count(7, 7)), fitBeside(count(230, 0))]).toEqual([true, true, true]);
    expect([fitBeside(count(23, 10)), fitBeside(count(230, 3))]).toEqual([false, false]);
  });

  it('are fetched anew when a month begins on the site’s clock', () => {
    expect(monthIsOver(wall(), Date.parse('2026-11-30T22:59:59Z'))).toBe(false);
    expect(monthIsOver(wall(), Date.parse('2026-11-30T23:00:00Z'))).toBe(true);
    const moved = applyFact(wall(), { ...told('wall:dossier', { dossier: dossier(1, 'A_PREPARER') }), at: '2026-11-30T23:00:01.000Z' });
    expect(monthIsOver(moved, Date.parse('2026-11-30T23:00:05Z'))).toBe(true);
  });
});

describe('machines on the wall', () => {
  it('leave out inactive ones, and an ended light is unknown', () => {
    const state = wall({ machines: [machine('versa-1'), machine('old', { active: false })] });
    const { shown, blocking } = machinesOf(state, Date.parse('2026-11-20T23:00:00Z'));
    expect(shown.map((one) => [one.machine.id, one.light.light])).toEqual([['versa-1', 'unknown']]);
    expect(blocking).toBe(1);
  });

  it('are eight at most, in the registry’s order; those that keep from treating stay, the rest is counted', () => {
    const ids = Array.from({ length: 10 }, (_, n) => `m-${n}`);
    const state = wall({ machines: ids.map((id) => machine(id)), lights: ids.map((id, n) => light(id, n === 9 ? 'red' : 'green')) });
    const { shown, others } = machinesOf(state, now);
    expect(shown.map((one) => one.machine.id)).toEqual([...ids.slice(0, 7), 'm-9']);
    expect(others).toBe(2);
  });
});
