import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArtiscanTables } from '#shared/qa/artiscan.ts';
import { artiscanOfSite, type ArtiscanPlace } from './configured.ts';
import { failure, NEVER, NOW, openSite, study, type Site } from './testing/artiscan-site.ts';

let site: Site;
let folder: string;
beforeEach(async () => {
  site = await openSite();
  folder = await mkdtemp(path.join(tmpdir(), 'vigie-ca-'));
});
afterEach(async () => {
  await site.simulator.stop();
  await rm(folder, { recursive: true });
});

function place(caFile: string): ArtiscanPlace {
  const { host, port, database, user, password, encrypt } = site.server();
  return { host, port, database, user, password, encrypt, caFile };
}

test('the certificate is pinned from its file, and a changed configuration counts from the next reading on', async () => {
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, site.simulator.ca);
  let tables = ArtiscanTables.parse({});
  const source = await artiscanOfSite(
    place(caFile),
    () => tables,
    () => NOW,
  );
  site.simulator.controls.add(study(1));
  expect((await source.read({}, NEVER)).controls).toMatchObject([{ conform: null }]);
  tables = ArtiscanTables.parse({ conformity: [{ column: 'Conforme', conformWhen: ['1'] }] });
  expect((await source.read({}, NEVER)).controls).toMatchObject([{ conform: true }]);
});

test('a file without a certificate, or that is not there, is said at once', async () => {
  const caFile = path.join(folder, 'ca.pem');
  const open = () =>
    artiscanOfSite(
      place(caFile),
      () => ArtiscanTables.parse({}),
      () => NOW,
    );
  expect((await failure(open())).code).toBe('certificate');
  await writeFile(caFile, 'no certificate');
  expect((await failure(open())).code).toBe('certificate');
});
