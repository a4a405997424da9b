import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { faultsOf } from '#shared/dossiers/workflow-faults.ts';
import { MachineFields, MachineId } from '#shared/machines/schemas.ts';
import { writeAudit } from '#server/domains/audit/index.ts';
import { currentWorkflow, importWorkflow } from '#server/domains/dossiers/index.ts';
import { allMachines, loadRegistry, putMachine } from '#server/domains/machines/index.ts';
import { SYSTEM, createContexts, type Context } from '#server/platform/context.ts';
import { createEventLog } from '#server/platform/events.ts';
import { createLog } from '#server/platform/log.ts';
import { connectDatabase } from '#server/platform/mongo/connect.ts';
import { migrate } from '#server/platform/mongo/migrations.ts';
import { createIndexes } from '#server/platform/mongo/models.ts';
import { MIGRATIONS } from '#server/migrations.ts';
import { settingsOfProcess } from '#server/settings.ts';

/** The file that sets up a second site or a new machine: everything of a site that is data but its people and patients. */
const SettingsFile = z.strictObject({
  vigie: z.literal(1),
  machines: z.array(MachineFields.extend({ id: MachineId })).max(200),
  workflow: Workflow.superRefine((workflow, ctx) => {
    for (const message of faultsOf(workflow)) ctx.addIssue({ code: 'custom', message });
  }),
});

/** Writes the site's settings to a file, or to the standard output when none is named. */
export async function exportSettings(file: string | undefined): Promise<void> {
  await withSite(async () => {
    const machines = allMachines().map(({ version: _v, status: _s, ...fields }) => fields);
    const content = SettingsFile.parse({ vigie: 1, machines, workflow: await currentWorkflow() });
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (file === undefined) process.stdout.write(text);
    else await writeFile(file, text, { flag: 'wx' }); // never over an older export
  });
}

/** Reads a settings file: the whole file is checked before anything is written, every fault is told. */
export async function importSettings(file: string): Promise<void> {
  const parsed = SettingsFile.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  - ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`${file} cannot be imported:\n${faults.join('\n')}`);
  }
  const { machines, workflow } = parsed.data;
  await withSite(async (ctx) => {
    await ctx.atomically('settings', async () => {
      for (const machine of machines) await putMachine(ctx, machine);
      await importWorkflow(ctx, workflow);
    });
    process.stdout.write(`${machines.length} machines and the workflow were imported.\n`);
  });
}

async function withSite(work: (ctx: Context) => Promise<void>): Promise<void> {
  const settings = settingsOfProcess();
  const log = createLog('warn');
  const now = () => new Date();
  const database = await connectDatabase({ uri: settings.MONGODB_URI, dataDir: settings.DATA_DIR, log });
  try {
    await migrate({ connection: database.connection, migrations: MIGRATIONS, now, log });
    await createIndexes(database.connection, log);
    const events = createEventLog({ now, log });
    await loadRegistry(events);
    const contexts = createContexts({ connection: database.connection, events, now, writeAudit });
    await work(contexts({ actor: { ...SYSTEM, name: 'vigie settings' }, locale: settings.SITE_LOCALE, from: 'command line' }));
  } finally {
    await database.close();
  }
}
