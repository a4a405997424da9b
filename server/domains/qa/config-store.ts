import type { z } from 'zod';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { QaConfig } from '#shared/qa/config.ts';
import type { ConfigVersion, SaveConfig } from '#shared/qa/page-schemas.ts';
import { qaWordsOf } from '#shared/messages/qa.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, Invalid } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { actOf, presentAct } from './acts.ts';
import { patternFaults } from './patterns.ts';
import { ConfigModel, type ConfigRow } from './records-model.ts';

export interface Version {
  version: number;
  config: QaConfig;
}

const FORMER = 50;

let tables: QaConfig['artiscan'];

/** How Artiscan's tables are named, as the rules in force when they were last asked for say. */
export function artiscanTables(): QaConfig['artiscan'] {
  return tables;
}

/** The rules in force: the last version that somebody saved, or those that a site begins with (version 0). */
export async function configInForce(): Promise<Version> {
  const row = await ConfigModel.findOne().sort({ _id: -1 }).session(null).lean();
  const config = row ? QaConfig.parse(row.config) : DEFAULT_QA_CONFIG;
  tables = config.artiscan;
  return { version: row?._id ?? 0, config };
}

/** The rules in force and the versions before them, the latest first. */
export async function readConfig(now: Date): Promise<{ current: ConfigVersion; former: ConfigVersion[] }> {
  const rows = await ConfigModel.find()
    .sort({ _id: -1 })
    .limit(FORMER + 1)
    .lean();
  const versions = [...rows.map(presentVersion), firstVersion(rows.at(-1)?.at ?? now)];
  const [current = firstVersion(now), ...former] = versions;
  return { current, former };
}

/**
 * Puts a new version of the rules in force. The versions before it stay.
 *
 * @throws Conflict `qa.config-changed` when somebody saved another one meanwhile; Invalid for a pattern that is none.
 */
export async function saveConfig(ctx: Context, { version, config, note }: z.output<typeof SaveConfig>): Promise<ConfigVersion> {
  const faults = faultsOf(ctx, config);
  if (faults.length > 0) throw new Invalid(faults.map(({ rule, message }) => ({ path: `body.config.rules.${rule}`, message })));
  try {
    const current = await configInForce();
    if (current.version !== version) throw new Conflict('qa.config-changed', { current: (await readConfig(ctx.now())).current });
    const row: ConfigRow = { _id: version + 1, config, note, ...actOf(ctx) };
    await ConfigModel.insertMany([row], { lean: true });
    await ctx.record({
      action: 'qa.config-saved',
      subject: 'qa:config',
      details: { version: row._id },
      live: [{ topic: 'qa', type: 'qa:config', data: { version: row._id } }],
    });
    return presentVersion(row);
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict('qa.config-changed', { current: (await readConfig(ctx.now())).current });
    throw error;
  }
}

/** What is wrong with the patterns of a configuration, in the caller's language. */
export function faultsOf(ctx: Context, config: QaConfig): { rule: string; message: string }[] {
  return patternFaults(config.rules).map(({ rule, fault, detail }) => ({
    rule,
    message: qaWordsOf(ctx.locale).pattern[fault](rule, detail),
  }));
}

function presentVersion({ _id, config, note, ...made }: ConfigRow): ConfigVersion {
  return { version: _id, config: QaConfig.parse(config), note, made: presentAct(made) };
}

function firstVersion(at: Date): ConfigVersion {
  return { version: 0, config: DEFAULT_QA_CONFIG, note: '', made: { by: 'Vigie', role: null, at: at.toISOString() } };
}
