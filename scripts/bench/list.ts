import { createDossierCall } from '#shared/dossiers/api.ts';
import { signedIn } from '#server/testing/app.ts';
import { newPatient } from '#server/testing/dossiers.ts';
import { startChild } from './child.ts';
import { ratio, row, title } from './figures.ts';

const CARDS = 200;
const CALLERS = 8;
const SECONDS = 4;

/** A list of 200 cards with session, right and validation, against Koa with the same query and JSON alone. */
export async function benchList(): Promise<void> {
  title(`A list of ${CARDS} cards, ${CALLERS} callers`);
  const server = await startChild('serve-app.ts', [], { NODE_ENV: 'production' });
  const [url = '', floorUrl = ''] = server.ready.split(' ');
  const technologist = await signedIn(url, 'technologist');
  const patient = await newPatient(technologist);
  for (let index = 0; index < CARDS; index += 1) {
    await technologist.call(createDossierCall, { body: { patientId: patient.id, machineId: 'versa-hd-1', pathology: 'Prostate' } });
  }
  const own = (): Promise<number> => rate(`${url}/api/dossiers?limit=${CARDS}`, { cookie: technologist.cookie });
  const floor = (): Promise<number> => rate(floorUrl, {});
  await own();
  await floor();
  const [a, b, c, d] = [await own(), await floor(), await own(), await floor()];
  const [ownRate, floorRate] = [(a + c) / 2, (b + d) / 2];
  row('lists per second', ownRate.toFixed(0));
  row('Koa with the same query and JSON alone', floorRate.toFixed(0));
  row('ratio', ratio(ownRate / floorRate), 'aim ≥ × 0.50');
  await server.stop();
}

async function rate(url: string, headers: Record<string, string>): Promise<number> {
  const end = performance.now() + SECONDS * 1000;
  let answers = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const answer = await fetch(url, { headers });
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
      await answer.arrayBuffer();
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return answers / SECONDS;
}
