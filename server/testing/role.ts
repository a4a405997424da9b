// One process of several on one database: `fork('role.ts', [PORT, SEED])` with the settings in the environment, as `npm start` has them.
// Says `ready` when it runs; does what it is told by messages.
import { ROLES } from '#shared/roles.ts';
import { ensureUser } from '#server/domains/accounts/index.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { start } from '#server/main.ts';
import { SYSTEM } from '#server/platform/context.ts';
import { startJobs } from '#server/platform/jobs/index.ts';
import { createLog } from '#server/platform/log.ts';
import { settingsOfProcess } from '#server/settings.ts';
import { PASSWORD, nameOf } from './app.ts';

const [, , seed] = process.argv;
const settings = settingsOfProcess();
const log = createLog(settings.LOG_LEVEL);
const running = await start({ settings, log });
const ctx = running.site.contexts({ actor: SYSTEM, locale: 'fr', from: 'test' });
if (seed === 'seed')
  for (const role of ROLES) await ensureUser(ctx, { username: role, name: nameOf(role), roles: [role], password: PASSWORD });

const { connection } = running.database;
if (settings.VIGIE_ROLES.includes('jobs')) {
  const run = async (): Promise<void> => {
    await connection.collection('runs').insertOne({ pid: process.pid, at: new Date() });
  };
  const counted = { name: 'test/counted', schedule: '* * * * * *', retry: { delayMs: 100, times: 0 }, timeLimitMs: 60_000, run };
  await startJobs({ connection, jobs: [counted], timezone: 'Europe/Paris', log, processEveryMs: 200 });
}

process.on('message', (id: string) => {
  void ensureMachine(ctx, { id, name: id, shortName: id.slice(0, 6), colour: '#0288D1', kind: 'linac' });
});
process.on('disconnect', () => void running.stop().then(() => process.exit(0)));
process.send?.('ready');
