import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelOutageCall, enterDailyCall, reportFaultCall, setLightCall } from '#shared/qa/api.ts';
import type { Light } from '#shared/qa/schemas.ts';
import { startTestApp, type TestApp } from '#server/testing/app.ts';
import { footprint } from '#server/testing/footprint.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { machineResolved, machineTurnedRed, currentLight } from './index.ts';

// A site without any source: the light of the first days, set by hand.
const ID = 'scanner';
let test: TestApp;
const told: string[] = [];
machineTurnedRed.listen((_ctx, { machine, reference }) => Promise.resolve(void told.push(`red ${machine.id} ${reference}`)));
machineResolved.listen((_ctx, { machine, reference }) => Promise.resolve(void told.push(`over ${machine.id} ${reference}`)));

beforeEach(async () => {
  told.length = 0;
  test = await startTestApp();
  await ensureMachine(test.ctx, { id: ID, name: 'Scanner', shortName: 'SCAN', colour: '#0288D1', kind: 'ct', qaTypes: ['CQH', 'CQQ'] });
});
afterEach(() => test.close());

const set = async (light: 'green' | 'amber' | 'red'): Promise<Light> =>
  (await test.as('physicist')).call(setLightCall, { params: { machineId: ID }, body: { light, reason: 'vu' } });
const light = async () => (await currentLight(ID, test.clock.now())).light;

describe('a light set by hand', () => {
  it('gives way to a fault, which no hand can overrule, and comes back when that was an error', async () => {
    await set('green');
    const technologist = await test.as('technologist');
    const { id } = await technologist.call(reportFaultCall, { params: { machineId: ID }, body: {} });
    expect(await light()).toBe('red');
    const before = await footprint('lights');
    const refused = await (await test.as('physicist')).request('PUT', `/api/qa/lights/${ID}`, { light: 'green', reason: 'vu' });
    expect(refused.status).toBe(409);
    expect(await footprint('lights')).toEqual(before);
    await technologist.call(cancelOutageCall, { params: { id }, body: { reason: 'erreur' } });
    expect(await light()).toBe('green');
    expect(await mongoose.connection.collection('lights').countDocuments({ machine: ID })).toBe(3);
  });

  it('gives way to a daily control that failed, until one passes', async () => {
    await set('green');
    const technologist = await test.as('technologist');
    await technologist.call(enterDailyCall, { body: { machine: ID, outcome: 'fail' } });
    expect(await light()).toBe('red');
    await technologist.call(enterDailyCall, { body: { machine: ID, outcome: 'pass' } });
    expect(await light()).toBe('green');
  });

  it('that is red is told once, and resolved under the same name, also on the next day', async () => {
    await set('red');
    await set('red');
    test.clock.advance(30 * 3_600_000);
    await set('red');
    await set('amber');
    const [red = '', over = ''] = told;
    expect(told).toHaveLength(2);
    expect(red.startsWith(`red ${ID} SCAN-`)).toBe(true);
    expect(over).toBe(red.replace('red', 'over'));
  });

  it('written while the server’s clock was a day ahead holds no longer than the next one', async () => {
    test.clock.advance(24 * 3_600_000);
    await set('green');
    test.clock.advance(-24 * 3_600_000);
    expect(await light()).toBe('green');
    await set('red');
    expect(await light()).toBe('red');
    const listed = await (await test.as('physicist')).request<Light[]>('GET', '/api/qa/lights');
    expect(listed.body.find(({ machine }) => machine === ID)?.light).toBe('red');
  });
});
