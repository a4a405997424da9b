import { WebSocket } from 'ws';
import { moveDossierCall, tickItemCall, undoMoveCall } from '#shared/dossiers/api.ts';
import { signedIn } from '#server/testing/app.ts';
import { newPatient } from '#server/testing/dossiers.ts';
import { createDossierCall } from '#shared/dossiers/api.ts';
import { startChild } from './child.ts';
import { figuresOf, ms, ratio, row, title } from './figures.ts';

const ROUNDS = 60;
const WARM_UP = 10;

/** A move asked for, until its event was received by the last of many clients; against bare `ws` with the same bytes over the same span. */
export async function benchLive(): Promise<void> {
  title('A move, from its request to its event at the last client');
  let before = await movesSeen(0);
  for (const clients of [200, 1000]) {
    const own = await movesSeen(clients);
    const after = await movesSeen(0);
    // Before and after: on a shared machine it differs by more than what is measured here.
    const write = (before.figures.p50 + after.figures.p50) / 2;
    before = after;
    row('the write alone: request to answer, nobody watching', ms(write), `p99 ${ms(after.figures.p99)}`);
    const floor = await floorSeen(clients, own.message);
    row(`${clients} clients`, ms(own.figures.p50), `p99 ${ms(own.figures.p99)}${clients === 200 ? ' (aim ≤ 100 ms)' : ''}`);
    row(`${clients} clients, bare ws with the same ${own.message.length} bytes`, ms(floor.p50), `p99 ${ms(floor.p99)}`);
    row(`(p50 less the write's own time) / floor`, ratio((own.figures.p50 - write) / floor.p50), 'aim ≤ × 1.30');
  }
}

/** Waits for a message at each of several clients, from before it is caused. */
class Finish {
  private left = 0;
  private done: () => void = () => undefined;
  arm(count: number): Promise<void> {
    this.left = count;
    return count === 0 ? Promise.resolve() : new Promise((resolve) => (this.done = resolve));
  }
  arrived(): void {
    this.left -= 1;
    if (this.left === 0) this.done();
  }
}

async function movesSeen(count: number): Promise<Moves> {
  const server = await startChild('serve-app.ts', [], { NODE_ENV: 'production' });
  const [url = ''] = server.ready.split(' ');
  const seen = await movesAt(url, count, ROUNDS);
  await server.stop();
  return seen;
}

/** A follower of the board that takes what comes as the floor's does: the work of a thousand browsers is not the server's, and is not measured here. */
function follow(url: string, cookie: string, moved: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { headers: { cookie } });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('42["dossier:moved"')) moved(text.slice(2));
      else if (text === '2') socket.send('3');
      else if (text.startsWith('0')) socket.send('40');
      else if (text.startsWith('40')) socket.send('420["watch",{"topic":"dossiers"}]');
      else if (text.startsWith('430')) resolve(socket);
    });
  });
}

interface Moves {
  figures: ReturnType<typeof figuresOf>;
  message: string;
}

/** Moves a dossier to and fro at a running server with test accounts; measures each move from its request to its event at the last client. */
export async function movesAt(url: string, count: number, rounds: number): Promise<Moves> {
  const technologist = await signedIn(url, 'technologist');
  const oncologist = await signedIn(url, 'oncologist');
  const finish = new Finish();
  let message = '';
  const sockets: WebSocket[] = [];
  for (let index = 0; index < count; index += 1) {
    const moved = (text: string) => {
      message ||= text;
      finish.arrived();
    };
    sockets.push(await follow(url, oncologist.cookie, moved));
  }
  const patient = await newPatient(technologist);
  let dossier = await technologist.call(createDossierCall, {
    body: { patientId: patient.id, machineId: 'versa-hd-1', pathology: 'Prostate' },
  });
  for (const code of ['identity_validated', 'exams_imported'] as const) {
    dossier = await technologist.call(tickItemCall, { params: { id: dossier.id, code }, body: { done: true, version: dossier.version } });
  }
  const times: number[] = [];
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    const params = { id: dossier.id };
    const all = finish.arm(count);
    const started = performance.now();
    const moved = await Promise.all([
      oncologist.call(moveDossierCall, { params, body: { target: 'PRESCRIPTION_VALIDEE', version: dossier.version } }),
      all,
    ]);
    if (round >= WARM_UP) times.push(performance.now() - started);
    const undone = finish.arm(count);
    dossier = await oncologist.call(undoMoveCall, { params, body: { version: moved[0].version } });
    await undone;
  }
  for (const socket of sockets) socket.close();
  return { figures: figuresOf(times), message };
}

async function floorSeen(count: number, message: string): Promise<ReturnType<typeof figuresOf>> {
  const server = await startChild('serve-floor.ts');
  const finish = new Finish();
  const sockets: WebSocket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = new WebSocket(server.ready.replace('http', 'ws'), { perMessageDeflate: false });
    sockets.push(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.on('message', (data: Buffer) => {
      JSON.parse(data.toString());
      finish.arrived();
    });
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    const all = finish.arm(count);
    const started = performance.now();
    await Promise.all([fetch(server.ready, { method: 'POST', body: message }).then((answer) => answer.text()), all]);
    if (round >= WARM_UP) times.push(performance.now() - started);
  }
  for (const socket of sockets) socket.terminate();
  await server.stop();
  return figuresOf(times);
}
