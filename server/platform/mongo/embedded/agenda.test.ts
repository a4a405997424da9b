import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { started } from './testing/started.ts';
import type { Started } from './testing/started.ts';

let at: Started;
const agendas: Agenda[] = [];
const ran: string[] = [];

/** Two of them, as two processes would have: they share nothing but the database. */
beforeAll(async () => {
  at = await started();
  for (const name of ['one', 'two']) {
    const agenda = new Agenda({ name, backend: new MongoBackend({ mongo: at.client.db('jobs') }), processEvery: 100 });
    await agenda.ready;
    for (const job of ['now', 'scheduled', 'repeated', 'failing', 'cancelled']) {
      agenda.define(job, () => {
        ran.push(job);
        return job === 'failing' ? Promise.reject(new Error('no')) : Promise.resolve();
      });
    }
    agenda.on('error', () => undefined);
    agendas.push(agenda);
    await agenda.start();
  }
});
afterAll(async () => {
  for (const agenda of agendas) await agenda.stop(false);
  await at.stop();
});

const one = (): Agenda => {
  const [first] = agendas;
  if (!first) throw new Error('it is started above');
  return first;
};
const runs = (job: string): number => ran.filter((name) => name === job).length;
const rows = () => at.client.db('jobs').collection('agendaJobs');

test('Agenda runs now, at a time, again and again, each once; keeps failures; cancels and queries', { timeout: 25_000 }, async () => {
  await one().now('now');
  await one().schedule(new Date(Date.now() + 300), 'scheduled', { id: 7 });
  await one().every('1 second', 'repeated');
  await one().now('failing');
  await one().schedule(new Date(Date.now() + 60_000), 'cancelled');
  expect(await one().cancel({ name: 'cancelled' })).toBe(1);
  await expect.poll(() => [runs('now'), runs('scheduled'), runs('failing')], { timeout: 10_000 }).toEqual([1, 1, 1]);
  await expect.poll(() => runs('repeated'), { timeout: 10_000 }).toBeGreaterThan(2);
  await expect.poll(() => rows().findOne({ name: 'failing' }), { timeout: 5000 }).toMatchObject({ failCount: 1, failReason: 'no' });
  const { jobs, total } = await one().queryJobs({ names: ['scheduled', 'repeated'], sort: { name: 'asc' }, limit: 1 });
  expect([total, jobs.map(({ name }) => name)]).toEqual([2, ['repeated']]);
  expect(await one().disable({ name: 'repeated' })).toBe(1);
  expect(await rows().countDocuments({ name: 'cancelled' })).toBe(0);
  expect([runs('now'), runs('scheduled'), runs('failing')]).toEqual([1, 1, 1]);
  expect(at.events).toEqual([]);
});
