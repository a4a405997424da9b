// A test application in a process of its own, to be killed: `node serve.ts PORT DATA_DIR`. Prints `listening` when it is.
import { startTestApp } from './app.ts';

const [, , port, dataDir] = process.argv;
const pause = process.env.PAUSE_AFTER_COMMIT_MS;
const dicomPort = process.env.TEST_DICOM_PORT;
await startTestApp({
  port: Number(port),
  ...(dataDir ? { dataDir } : {}),
  heartbeatMs: 1000,
  ...(dicomPort ? { dicom: true, dicomPort: Number(dicomPort) } : {}),
  client: process.env.WITH_CLIENT === 'yes',
  ...(process.env.OTHER_BUILD ? { build: process.env.OTHER_BUILD } : {}),
  ...(pause ? { env: { VIGIE_TEST_PAUSE_AFTER_COMMIT_MS: pause } } : {}),
});
process.stdout.write('listening\n');
