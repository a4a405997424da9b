import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeObjects, type Load } from './dicom-objects.ts';
import { cpuSeconds, memoryMb, sendFolders, startOrthanc, startStoreScp, startVigie, type Receiver } from './dicom-peers.ts';
import { boardWhileReceiving } from './dicom-board.ts';
import { figuresOf, ratio, row, title } from './figures.ts';

const ROUNDS = 3;
const CT_512_KB = { objects: 1000, size: 512 };
const TEN_KB = { objects: 3000, size: 69 };
const LOADS: readonly (Load & { aim: number })[] = [
  { name: '1,000 CT of 512 KB, one association', ...CT_512_KB, associations: 1, aim: 0.9 },
  { name: '1,000 CT of 512 KB, four associations', ...CT_512_KB, associations: 4, aim: 0.9 },
  { name: '3,000 objects of 10 KB, one association', ...TEN_KB, associations: 1, aim: 1 },
  { name: '3,000 objects of 10 KB, four associations', ...TEN_KB, associations: 4, aim: 1 },
];

/** What one round of one load was, at one receiver. */
interface Round {
  readonly perSecond: number;
  readonly cpuPerThousand: number;
  readonly memoryMb: number;
}

/**
 * Reception: objects stored, synced and indexed per second, beside Orthanc (Debian's, its defaults) and `storescp +B`, which neither syncs nor indexes.
 * Every round sends every load to every receiver, one after another; each receiver gets the same bytes.
 */
export async function benchDicom(): Promise<void> {
  title('Objects received per second: DCMTK sends, medians of rounds taken in turn');
  if (spawnSync('storescu', ['--version']).status !== 0) return row('DCMTK is not installed (Debian: dcmtk)', 'not measured');
  const folder = await mkdtemp(path.join(tmpdir(), 'vigie-bench-dicom-'));
  // What is sent lies in memory where it can: its writing must not stand in the queue of the disk that is measured.
  const source = await mkdtemp(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vigie-bench-sent-'));
  try {
    await compare(folder, source);
    await boardWhileReceiving(path.join(folder, 'board'), source);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(source, { recursive: true, force: true });
  }
}

async function compare(folder: string, source: string): Promise<void> {
  const vigie = await startVigie(path.join(folder, 'vigie'));
  const others = [await startOrthanc(path.join(folder, 'orthanc')), await startStoreScp(path.join(folder, 'storescp'))];
  if (!others[0]) row('Orthanc is not installed (Debian: orthanc)', 'not measured');
  const receivers = [vigie, ...others.filter((one) => one !== null)];
  const seen = new Map<string, Round[]>();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, load] of LOADS.entries()) {
        const folders = await writeObjects(source, load, 1000 + round * LOADS.length + index);
        for (const receiver of turned(receivers, round)) {
          const key = `${load.name}/${receiver.name}`;
          seen.set(key, [...(seen.get(key) ?? []), await measure(receiver, load, folders)]);
        }
      }
    }
    for (const load of LOADS) tell(load, receivers, seen);
    tellMemory(vigie, seen);
  } finally {
    for (const receiver of receivers) await receiver.stop();
  }
}

/** Each receiver is the first in turn: the first of a round finds the processor colder than the last. */
function turned(receivers: readonly Receiver[], round: number): Receiver[] {
  const by = round % receivers.length;
  return [...receivers.slice(by), ...receivers.slice(0, by)];
}

async function measure(receiver: Receiver, { objects }: Load, folders: readonly string[]): Promise<Round> {
  spawnSync('sync'); // what another receiver left unwritten must not be written in our time
  const pid = receiver.process.pid ?? 0;
  const before = cpuSeconds(pid);
  const seconds = await sendFolders(receiver, folders);
  return {
    perSecond: objects / seconds,
    cpuPerThousand: ((cpuSeconds(pid) - before) * 1000) / objects,
    memoryMb: memoryMb(pid).now,
  };
}

function tell(load: Load & { aim: number }, receivers: readonly Receiver[], seen: ReadonlyMap<string, readonly Round[]>): void {
  const rateAt = (name: string) => median(seen.get(`${load.name}/${name}`), ({ perSecond }) => perSecond);
  const own = rateAt('Vigie');
  for (const { name } of receivers) {
    const rate = rateAt(name);
    const aim = name === 'Orthanc' ? `Vigie / Orthanc ${ratio(own / rate)} (aim ≥ × ${load.aim.toFixed(2)})` : '';
    row(`${load.name}: ${name}`, `${rate.toFixed(0)} /s`, name === 'storescp +B' ? `Vigie / storescp ${ratio(own / rate)}` : aim);
  }
  const cpu = median(seen.get(`${load.name}/Vigie`), ({ cpuPerThousand }) => cpuPerThousand);
  row('  processor of Vigie per 1,000', `${cpu.toFixed(2)} s`, load.size === CT_512_KB.size ? '(aim ≤ 3 s)' : '');
}

function tellMemory(vigie: Receiver, seen: ReadonlyMap<string, readonly Round[]>): void {
  const after = LOADS.map(({ name }) => seen.get(`${name}/Vigie`)?.map(({ memoryMb: mb }) => mb) ?? []);
  const byRound = Array.from({ length: ROUNDS }, (_, round) => Math.max(...after.map((rounds) => rounds[round] ?? Number.NaN)));
  row('memory of Vigie after each round', byRound.map((mb) => mb.toFixed(0)).join(' '), 'MB (aim: flat)');
  row('memory of Vigie at most', `${memoryMb(vigie.process.pid ?? 0).peak.toFixed(0)} MB`, '(aim ≤ 200 MB)');
}

function median(rounds: readonly Round[] | undefined, of: (round: Round) => number): number {
  return figuresOf((rounds ?? []).map(of)).p50;
}
