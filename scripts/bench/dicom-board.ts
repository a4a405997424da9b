import path from 'node:path';
import { freePort, startProcess } from '#server/testing/process.ts';
import { writeObjects } from './dicom-objects.ts';
import { sendFolders, startVigie } from './dicom-peers.ts';
import { ms, row, title } from './figures.ts';
import { movesAt } from './live.ts';

const CLIENTS = 200;
const ROUNDS = 150;
const LOAD = { name: 'board', objects: 1000, size: 512, associations: 4 };

/** A move on the board reaching 200 clients, while another process on the same data receives as fast as it can. */
export async function boardWhileReceiving(dataDir: string, source: string): Promise<void> {
  title(`A move at the last of ${CLIENTS} clients while images are received at full rate (web and dicom are two processes)`);
  const web = await startProcess(await freePort(), dataDir, { NODE_ENV: 'production', LOG_LEVEL: 'error' });
  const dicom = await startVigie(dataDir);
  try {
    const quiet = await movesAt(web.url, CLIENTS, ROUNDS);
    row('nothing is received', ms(quiet.figures.p50), `p99 ${ms(quiet.figures.p99)}`);
    const state = { sending: true, objects: 0 };
    const started = performance.now();
    const sent = (async () => {
      for (let study = 1; state.sending; study += 1) {
        const folders = await writeObjects(path.join(source, 'board'), LOAD, study);
        await sendFolders(dicom, folders);
        state.objects += LOAD.objects;
      }
      return state.objects / ((performance.now() - started) / 1000);
    })();
    const busy = await movesAt(web.url, CLIENTS, ROUNDS);
    state.sending = false;
    const rate = await sent;
    row(`${rate.toFixed(0)} CT of 512 KB a second are received`, ms(busy.figures.p50), `p99 ${ms(busy.figures.p99)} (aim ≤ 200 ms)`);
  } finally {
    await dicom.stop();
    await web.kill();
  }
}
