import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { isLogo } from '#server/platform/http/logo.ts';
import { LOCALES } from '#shared/accounts/schemas.ts';

const PROCESS_ROLES = ['web', 'jobs', 'dicom'] as const;

const port = z.coerce.number().int().min(1).max(65_535);
const host = z.string().trim().min(1);

const flag = z.enum(['true', 'false', '1', '0'], { error: 'true or false' }).transform((word) => word === 'true' || word === '1');

const Fields = z.object({
  NODE_ENV: z.string().default('production'),
  HOST: host.default('127.0.0.1'),
  PORT: port.default(3000),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'a URL with http or https' }).optional(),
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
  HTTPS_PROXY: z.url({ protocol: /^https?$/, error: 'a URL with http or https, as http://proxy:3128' }).optional(),
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
  /** A PNG or SVG file, shown beside the name and on reports. */
  SITE_LOGO: z.string().refine(isLogo, 'a PNG or SVG file').optional(),
  /** When missing weekly controls are told, on the site's clock. */
  WEEKLY_ALERT: z
    .string()
    .regex(/^(\S+\s+){4}\S+$/, 'five fields of cron, as 0 16 * * 3,5')
    .default('0 16 * * 3,5'),
  DICOM_AE_TITLE: z.string().trim().min(1).max(16).default('VIGIE'),
  DICOM_HOST: host.default('127.0.0.1'),
  DICOM_PORT: port.default(11_112),
  DICOM_TLS_KEY: z.string().min(1).optional(),
  DICOM_TLS_CERT: z.string().min(1).optional(),
  DICOM_TLS_CA: z.string().min(1).optional(),
  ARTISCAN_HOST: host.optional(),
  ARTISCAN_PORT: port.default(1433),
  ARTISCAN_DATABASE: z.string().trim().min(1).default('DBArtiscan'),
  ARTISCAN_USER: z.string().min(1).optional(),
  ARTISCAN_PASSWORD: z.string().min(1).optional(),
  ARTISCAN_CA: z.string().min(1).optional(),
  /** The name on its certificate, when ARTISCAN_HOST is an address or another name. */
  ARTISCAN_SERVER_NAME: host.optional(),
  ARTISCAN_ENCRYPT: flag.default(true),
  TEAMS_WEBHOOK_URL: z.url({ protocol: /^https$/, error: 'a URL with https' }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'a URL with smtp or smtps' }).optional(),
  MAIL_FROM: z.string().trim().min(3).optional(),
  OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'a URL with https' }).optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_ROLE_CLAIM: z.string().min(1).optional(),
  METRICS_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

type Fault = readonly [name: string, message: string];

/** Rules that concern several settings at once. */
const TOGETHER: readonly ((s: z.infer<typeof Fields>) => Fault[])[] = [
  ({ VIGIE_TEST_PAUSE_AFTER_COMMIT_MS: pause, NODE_ENV }) =>
    pause !== undefined && NODE_ENV !== 'test' ? [['VIGIE_TEST_PAUSE_AFTER_COMMIT_MS', 'is for tests only (NODE_ENV=test)']] : [],
  ({ TEAMS_WEBHOOK_URL, SMTP_URL, PUBLIC_URL }) => {
    if (!TEAMS_WEBHOOK_URL && !SMTP_URL) return [];
    if (!PUBLIC_URL) return [['PUBLIC_URL', 'is required once Teams or mail is on: links in alerts are made of it']];
    return isLoopback(PUBLIC_URL) ? [['PUBLIC_URL', 'is this machine’s own address: a link to it opens on no other device']] : [];
  },
  ({ SMTP_URL, MAIL_FROM }) => (SMTP_URL && !MAIL_FROM ? [['MAIL_FROM', 'is required with SMTP_URL']] : []),
  ({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }) =>
    OIDC_ISSUER && !(OIDC_CLIENT_ID && OIDC_CLIENT_SECRET)
      ? [['OIDC_CLIENT_ID', 'is required with OIDC_ISSUER, as OIDC_CLIENT_SECRET is']]
      : [],
  ({ SITE_LOGO }) => (SITE_LOGO && !existsSync(SITE_LOGO) ? [['SITE_LOGO', 'names a file that is not there']] : []),
  ({ ARTISCAN_CA }) => (ARTISCAN_CA && !existsSync(ARTISCAN_CA) ? [['ARTISCAN_CA', 'names a file that is not there']] : []),
  ({ DICOM_TLS_KEY, DICOM_TLS_CERT, DICOM_TLS_CA }) => {
    const files = Object.entries({ DICOM_TLS_KEY, DICOM_TLS_CERT, DICOM_TLS_CA });
    if (files.every(([, file]) => file === undefined)) return [];
    const needed = files.filter(([name, file]) => file === undefined && name !== 'DICOM_TLS_CA');
    const absent = files.filter(([, file]) => file !== undefined && !existsSync(file));
    return [
      ...needed.map(([name]): Fault => [name, 'is required once one of DICOM_TLS_* is given']),
      ...absent.map(([name]): Fault => [name, 'names a file that is not there']),
    ];
  },
];

const Settings = Fields.superRefine((given, ctx) => {
  for (const faultsOf of TOGETHER) for (const [name, message] of faultsOf(given)) ctx.addIssue({ code: 'custom', path: [name], message });
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
  const known = new Set(Object.keys(Fields.shape));
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

/** Whether an address leads back to the device that opens it. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}
