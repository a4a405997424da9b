// `npm run bench [name …]`: figures, as ratios against a floor measured in the same run. Nothing here decides a test.
import { benchClient } from './client.ts';
import { benchDatabase } from './database.ts';
import { benchDicom } from './dicom.ts';
import { benchList } from './list.ts';
import { benchLive } from './live.ts';
import { benchQa } from './qa.ts';
import { benchStart } from './start.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  live: benchLive,
  list: benchList,
  client: benchClient,
  database: benchDatabase,
  qa: benchQa,
  dicom: benchDicom,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}. Known: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) await BENCHES[name]?.();
process.exit(0);
