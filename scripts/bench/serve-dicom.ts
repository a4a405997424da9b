// The role `dicom` alone, as `npm start` runs it, for the bench of reception: `serve-dicom-start.js DATA_DIR PORT`. It admits BENCH. Prints `ready`.
import { ensurePeer } from '#server/domains/pacs/index.ts';
import { start, stopOnSignals } from '#server/main.ts';
import { SYSTEM } from '#server/platform/context.ts';
import { createLog } from '#server/platform/log.ts';
import { readSettings } from '#server/settings.ts';
import { CreatePeer } from '#shared/pacs/schemas.ts';

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
