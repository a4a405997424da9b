import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { LOCALES } from '#shared/accounts/schemas.ts';

const PROCESS_ROLES = ['web', 'jobs', 'dicom'] as const;
type ProcessRole = (typeof PROCESS_ROLES)[number];

const port = z.coerce.number().int().min(1).max(65_535);
const host = z.string().trim().min(1);

const Settings = z
  .object({
    NODE_ENV: z.string().default('production'),
    HOST: host.default('127.0.0.1'),
    PORT: port.default(3000),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'a URL with http or https' }).optional(),
    TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
    HTTPS_PROXY: z.string().optional(),
    NO_PROXY: z.string().optional(),
    DATA_DIR: z.string().min(1).default('./data'),
    MONGODB_URI: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'a MongoDB connection string')
      .optional(),
    VIGIE_ROLES: z
      .string()
      .default('web,jobs,dicom')
      .transform((list) => list.split(',').map((role) => role.trim()))
      .pipe(z.array(z.enum(PROCESS_ROLES, { error: 'roles are web, jobs and dicom, with commas' })).min(1)),
    VIGIE_API_KEY: z.string().min(32, 'at least 32 characters').optional(),
    VIGIE_TEST_PAUSE_AFTER_COMMIT_MS: z.coerce.number().int().min(0).optional(),
    SITE_NAME: z.string().trim().min(1).max(60).default('Vigie'),
    SITE_TIMEZONE: z
      .string()
      .default('Europe/Paris')
      .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'an IANA time zone, as Europe/Paris'),
    SITE_LOCALE: z.enum(LOCALES, { error: 'fr or en' }).default('fr'),
    SITE_HOLIDAYS: z
      .string()
      .regex(/^[A-Z]{2}$/, 'a country code, as FR')
      .default('FR'),
    DICOM_AE_TITLE: z.string().trim().min(1).max(16).default('VIGIE'),
    DICOM_HOST: host.default('127.0.0.1'),
    DICOM_PORT: port.default(11_112),
    METRICS_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  })
  .refine((s) => s.VIGIE_TEST_PAUSE_AFTER_COMMIT_MS === undefined || s.NODE_ENV === 'test', {
    path: ['VIGIE_TEST_PAUSE_AFTER_COMMIT_MS'],
    error: 'is for tests only (NODE_ENV=test)',
  });
export type Settings = z.infer<typeof Settings>;

/** Settings that cannot be used: every fault, one per line. */
export class SettingsError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads the settings from the environment (and `.env` when there is one) and checks them all at once.
 *
 * @throws SettingsError listing every fault, names that begin with `VIGIE_` and mean nothing included.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const known = new Set(Object.keys(Settings.shape));
  const unknown = Object.keys(given).filter((name) => name.startsWith('VIGIE_') && !known.has(name));
  const faults = unknown.map((name) => `${name} is not a setting of Vigie`);
  const parsed = Settings.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) faults.push(`${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  return parsed.data;
}

/** The settings of this process: the only place that reads `process.env`. */
export function settingsOfProcess(): Settings {
  if (existsSync('.env')) loadEnvFile('.env');
  return readSettings(process.env);
}
