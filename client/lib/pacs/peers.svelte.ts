import { listPeersCall } from '#shared/pacs/api.ts';
import type { Peer } from '#shared/pacs/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';
import { merged } from './merge.ts';

/** The white list by AE title; others' changes show by themselves. */
export class PeersList {
  resource = new LiveResource<Peer[]>({
    topics: ['pacs'],
    load: async (signal) => sorted(await call(listPeersCall, {}, { signal })),
    apply: withPeers,
  });

  start(): () => void {
    return this.resource.start();
  }

  /** Puts in what an own act answered. */
  put(peer: Peer): void {
    this.resource.set(newerIn(this.resource.data ?? [], [peer]));
  }

  drop(id: string): void {
    this.resource.set((this.resource.data ?? []).filter((one) => one.id !== id));
  }
}

/** The list after a fact. */
export function withPeers(peers: Peer[], fact: Fact): Peer[] {
  if (fact.type !== 'pacs:peers') return peers;
  const { changed, removed } = fact.data;
  return newerIn(peers, changed).filter((one) => !removed.includes(one.id));
}

function newerIn(peers: Peer[], changed: readonly Peer[]): Peer[] {
  const newer = changed.filter((one) => (peers.find((known) => known.id === one.id)?.version ?? -1) <= one.version);
  return sorted(merged(peers, newer, (one) => one.id));
}

function sorted(peers: Peer[]): Peer[] {
  return peers.toSorted((a, b) => a.aeTitle.localeCompare(b.aeTitle));
}
