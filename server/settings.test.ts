import { describe, expect, it } from 'vitest';
import { SettingsError, readSettings } from './settings.ts';

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('the settings', () => {
  it('have a default for everything that a first start needs', () => {
    expect(readSettings({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: './data',
      VIGIE_ROLES: ['web', 'jobs', 'dicom'],
      SITE_TIMEZONE: 'Europe/Paris',
      SITE_LOCALE: 'fr',
      DICOM_AE_TITLE: 'VIGIE',
    });
  });

  it('refuse a certificate of Artiscan that is not there: without it the server would not be known', () => {
    expect(faultsOf({ ARTISCAN_CA: '/nowhere/ca.pem' })).toEqual(['ARTISCAN_CA: names a file that is not there']);
  });

  it('refuse a logo that is no picture or not there, and a schedule that is none', () => {
    expect(faultsOf({ SITE_LOGO: '/nowhere/logo.gif' })).toContain('SITE_LOGO: a PNG or SVG file');
    expect(faultsOf({ SITE_LOGO: '/nowhere/logo.png' })).toEqual(['SITE_LOGO: names a file that is not there']);
    expect(faultsOf({ WEEKLY_ALERT: 'Wednesday' })).toEqual(['WEEKLY_ALERT: five fields of cron, as 0 16 * * 3,5']);
  });

  it('tell every fault at once', () => {
    const faults = faultsOf({
      PORT: 'many',
      VIGIE_ROLES: 'web,cooking',
      SITE_TIMEZONE: 'Mars/Base',
      VIGIE_API_KEY: 'short',
      VIGIE_SPEED: '9',
    });
    expect(faults).toHaveLength(5);
    for (const name of ['PORT', 'VIGIE_ROLES', 'SITE_TIMEZONE', 'VIGIE_API_KEY', 'VIGIE_SPEED']) {
      expect(faults.filter((fault) => fault.startsWith(name))).toHaveLength(1);
    }
  });

  it('refuse a name that begins with VIGIE_ and means nothing, and leave others alone', () => {
    expect(faultsOf({ VIGIE_DEBUGG: '1', HOME: '/somewhere' })).toEqual(['VIGIE_DEBUGG is not a setting of Vigie']);
  });

  it('take an empty value for none', () => {
    expect(readSettings({ MONGODB_URI: '', PUBLIC_URL: '' }).MONGODB_URI).toBeUndefined();
  });

  it.each([
    ['no PUBLIC_URL', {}, 1],
    ['a PUBLIC_URL of this machine', { PUBLIC_URL: 'http://localhost:3000' }, 1],
    ['a PUBLIC_URL of its network', { PUBLIC_URL: 'https://vigie.example.org' }, 0],
  ])('with Teams on and %s have %#-numbered faults as they should', (_name, env, count) => {
    expect(faultsOf({ TEAMS_WEBHOOK_URL: 'https://hooks.example.org/x', ...env })).toHaveLength(count);
  });

  it('never repeat a value in a fault: it may be a secret', () => {
    for (const fault of faultsOf({
      VIGIE_API_KEY: 'hunter2',
      OIDC_ISSUER: 'https://id.example.org',
      SMTP_URL: 'http://user:hunter2@mail',
    })) {
      expect(fault).not.toContain('hunter2');
    }
  });

  it('keep the pause between commit and emission for tests', () => {
    expect(faultsOf({ VIGIE_TEST_PAUSE_AFTER_COMMIT_MS: '5' })).toHaveLength(1);
    expect(faultsOf({ NODE_ENV: 'test', VIGIE_TEST_PAUSE_AFTER_COMMIT_MS: '5' })).toEqual([]);
  });
});
