import { afterEach, expect, test } from 'vitest';
import { parseWallClock, type Control, type WallClock } from '#shared/qa/controls.ts';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { classify } from '#shared/qa/classify.ts';
import { compileRules } from '#server/domains/qa/patterns.ts';
import { DEMO_MACHINES } from '../data.ts';
import type { SimulatedControl } from './database.ts';
import { liveControls, seedControls } from './life.ts';
import { planControls } from './plan.ts';
import { startSimulator, type Simulator } from './server.ts';

const NOW = new Date('2026-11-19T13:00:00Z');
let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

function open(): Promise<Simulator> {
  return startSimulator({ database: 'DBArtiscan', user: 'u', password: 'p' });
}

function asControl({ id, objectId, moduleId, name, at }: SimulatedControl): Control {
  const clock: WallClock | undefined = parseWallClock(at ?? '');
  return {
    id: Number(id),
    objectId: Number(objectId),
    moduleId: moduleId === null ? null : Number(moduleId),
    name: name ?? '',
    at: clock ?? null,
    conform: null,
  };
}

test('the same day gives the same controls, every number once', async () => {
  const plan = await planControls(NOW);
  expect(await planControls(NOW)).toEqual(plan);
  const ids = [...plan.done, ...plan.due, ...plan.ahead].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(plan.done.length).toBeGreaterThan(3500);
});

test('a later day keeps what was done before, under its number', async () => {
  const [before, after] = [await planControls(NOW), await planControls(new Date('2026-11-30T13:00:00Z'))];
  const later = new Map(after.done.map((control) => [control.id, control.at]));
  const lost = before.done.filter(({ id, at }) => Number(id) > 1_000_000 && at !== null && at > '2026-11-01' && later.get(id) !== at);
  // Stories move with the day: another week is the one that was missed.
  expect(lost.length).toBeLessThan(5);
});

test('every machine has controls of all four types, by the rules of the product', async () => {
  const rules = compileRules(DEFAULT_QA_CONFIG);
  const { done } = await planControls(NOW);
  const seen = new Map<number, Set<string>>();
  for (const control of done) {
    const machine = DEMO_MACHINES.find(({ artiscanObjectId }) => artiscanObjectId === control.objectId);
    if (!machine || Number(control.id) < 1_000_000) continue;
    const verdict = classify(asControl(control), machine, rules);
    const types = seen.get(Number(control.objectId)) ?? new Set();
    seen.set(Number(control.objectId), types.add(JSON.stringify(verdict)));
  }
  expect(seen.size).toBe(DEMO_MACHINES.length);
  for (const verdicts of seen.values()) for (const type of ['CQH', 'CQM', 'CQS', 'CQQ']) expect([...verdicts].join()).toContain(type);
});

test('nothing lies ahead of now, and nothing is done on a public holiday', async () => {
  const { done, due } = await planControls(NOW);
  expect([...done, ...due].filter(({ at }) => at !== null && at > '2026-11-19T14:00:00')).toEqual([]);
  expect(done.filter(({ id, at }) => Number(id) > 1_000_000 && at?.startsWith('2026-11-11'))).toEqual([]);
});

test('what is late is done while one looks; at night a monthly control is marked for deletion', async () => {
  simulator = await open();
  const plan = await seedControls(simulator, NOW);
  expect(plan.due.map(({ name }) => name)).toEqual(['Top du jour', 'CQH TOMO2']);
  const before = simulator.controls.count();
  const changes: string[] = [];
  const stop = liveControls(simulator, plan, {
    now: () => NOW,
    firstDueMs: 5,
    dueEveryMs: 5,
    nightAfterMs: 40,
    onChange: (what) => changes.push(what),
  });
  await expect.poll(() => [...changes].sort()).toEqual(['done', 'done', 'night']); // in whatever order a busy machine lets the timers run
  stop();
  expect(simulator.controls.count()).toBe(before + 2);
  expect(plan.done.find(({ id }) => id === plan.renamed.id)).toMatchObject({ objectId: 177 });
});

test('controls are done at their hour', async () => {
  simulator = await open();
  const plan = await seedControls(simulator, NOW);
  const before = simulator.controls.count();
  const tomorrow = new Date('2026-11-20T13:00:00Z');
  const stop = liveControls(simulator, plan, { now: () => tomorrow, tickMs: 5 });
  await expect.poll(() => simulator?.controls.count()).toBeGreaterThanOrEqual(before + DEMO_MACHINES.length);
  stop();
});
