import { isStuck } from '#shared/pacs/rules.ts';
import type { PacsSummary } from '#shared/pacs/schemas.ts';
import { AssociationModel, PeerModel, PeerStateModel } from './monitor-model.ts';
import { presentLight } from './present.ts';
import { readStatus, type ReceptionSettings } from './status.ts';

/** What the tile of a wall says of reception: figures only, nothing of anybody. */
export async function pacsSummary(settings: ReceptionSettings, now: Date): Promise<PacsSummary> {
  const [status, running, peers, states] = [
    await readStatus(settings, now),
    await AssociationModel.find({ endedAt: null }, { endedAt: 1, updatedAt: 1 }).lean(),
    await PeerModel.find({ active: true }).lean(),
    await PeerStateModel.find().lean(),
  ];
  const byId = new Map(states.map((state) => [state._id.toHexString(), state]));
  const lights = peers.map((peer) => presentLight(peer, byId.get(peer._id.toHexString()), now));
  return {
    asOf: status.asOf,
    listening: status.listening,
    running: status.running,
    stuck: running.filter(({ updatedAt }) => isStuck({ endedAt: null, updatedAt: updatedAt.toISOString() }, now)).length,
    mutePeers: lights.filter(({ light }) => light === 'mute').length,
    silentPeers: lights.filter(({ silent }) => silent !== null).length,
    peers: peers.length,
    receivedToday: status.receivedToday.instances,
    messagesPerSecond: status.messagesPerSecond,
    unattached: status.unattached,
    problem: status.problem,
  };
}
