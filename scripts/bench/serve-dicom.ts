// The role `dicom` alone, as `npm start` runs it, for the bench of reception: `serve-dicom.ts DATA_DIR PORT`. It admits BENCH. Prints `ready`.
import { enableCompileCache } from 'node:module';
import path from 'node:path';

enableCompileCache(path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled')); // as `npm start` does

const { CreatePeer } = await import('#shared/pacs/schemas.ts');
const { ensurePeer } = await import('#server/domains/pacs/index.ts');
const { start, stopOnSignals } = await import('#server/main.ts');
const { SYSTEM } = await import('#server/platform/context.ts');
const { createLog } = await import('#server/platform/log.ts');
const { readSettings } = await import('#server/settings.ts');

const [, , DATA_DIR, DICOM_PORT] = process.argv;
const settings = readSettings({ DATA_DIR, DICOM_PORT, VIGIE_ROLES: 'dicom', LOG_LEVEL: 'error' });
const log = createLog(settings.LOG_LEVEL);
const running = await start({
  settings,
  log,
  serveClient: () => Promise.resolve(),
  beforeListening: async ({ contexts }) => {
    const ctx = contexts({ actor: SYSTEM, locale: 'fr', from: 'bench' });
    await ensurePeer(ctx, CreatePeer.parse({ aeTitle: 'BENCH', host: '127.0.0.1', rights: ['echo', 'store'] }));
  },
});
stopOnSignals(running, log);
process.stdout.write('ready\n');
