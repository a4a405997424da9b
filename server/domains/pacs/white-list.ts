import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerRight } from '#shared/pacs/schemas.ts';
import type { EventLog } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import { addressOf } from './associations.ts';
import { PeerModel, type PeerRow } from './monitor-model.ts';

const MOST_WAIT_MS = 1000;

/** Why a caller is not admitted, as codes of the contract. */
export type CallerRefusal = 'called-ae-unknown' | 'calling-ae-unknown' | 'peer-inactive' | 'address';

export interface Caller {
  callingAeTitle: string;
  calledAeTitle: string;
  address: string;
}

export type WhiteList = Awaited<ReturnType<typeof loadWhiteList>>;

/**
 * The white list in memory of the process that receives: each association asks it. It follows changes made in any process, from the moment their events
 * arrive.
 */
export async function loadWhiteList(events: EventLog, log: Log) {
  let peers: ReadonlyMap<string, PeerRow> = new Map();

  let loading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    try {
      const rows = await PeerModel.find().lean();
      peers = new Map(rows.map((row) => [row.aeTitle, row]));
    } catch (error) {
      log.warn({ err: error }, 'the white list was not read again');
    }
  }

  function load(): Promise<void> {
    loading = loading.then(read);
    return loading;
  }

  events.emittedOr('pacs', await events.revision('pacs'));
  const forget = events.listen((event) => {
    if (event.type === 'pacs:peers') void load();
  });
  await load();

  return {
    load,
    close: forget,
    all: () => [...peers.values()],
    peerOf: (aeTitle: string) => peers.get(aeTitle)?._id.toHexString() ?? null,
    /** What a caller may, or why he is refused. */
    async judge(caller: Caller, ownTitle: string): Promise<{ rights: readonly PeerRight[] } | { refused: CallerRefusal }> {
      // A peer that was admitted this moment is admitted: a change that is being read is waited for.
      // Not for ever: while the database is away, what is known holds, and the peer shall hear why nothing can be stored.
      await Promise.race([loading, sleep(MOST_WAIT_MS, undefined, { ref: false })]);
      if (caller.calledAeTitle !== ownTitle) return { refused: 'called-ae-unknown' };
      const peer = peers.get(caller.callingAeTitle);
      if (!peer) return { refused: 'calling-ae-unknown' };
      if (!peer.active) return { refused: 'peer-inactive' };
      if (peer.checkAddress && !(await comesFrom(caller.address, peer.host))) return { refused: 'address' };
      return { rights: peer.rights };
    },
  };
}

/** Whether an address is one of a host's. */
async function comesFrom(address: string, host: string): Promise<boolean> {
  const { host: from } = addressOf(address);
  if (from === host || from === addressOf(host).host) return true;
  try {
    const found = await lookup(host, { all: true });
    return found.some((one) => addressOf(one.address).host === from);
  } catch {
    return false; // a name that nobody knows is nobody's address
  }
}
