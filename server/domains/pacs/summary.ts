import { isStuck } from '#shared/pacs/rules.ts';
import type { PacsSummary } from '#shared/pacs/schemas.ts';
import { AssociationModel, PeerModel, PeerStateModel, RefusalModel, type AssociationRow } from './monitor-model.ts';
import { presentLight } from './present.ts';
import { readStatus, type ReceptionSettings } from './status.ts';

/** More are counted, never listed: a wall does not scroll. */
const MOST_ROWS = 3;
const MOST_LIGHTS = 100;

/** What the tile of a wall says of reception: figures and the names of modalities, nothing of anybody. */
export async function pacsSummary(settings: ReceptionSettings, now: Date): Promise<PacsSummary> {
  const [status, running, peers, states, refusals] = [
    await readStatus(settings, now),
    await AssociationModel.find({ endedAt: null }).lean(),
    await PeerModel.find({ active: true }).sort({ aeTitle: 1 }).lean(),
    await PeerStateModel.find().lean(),
    await RefusalModel.find({ state: 'open' }).sort({ lastAt: -1 }).lean(),
  ];
  const byId = new Map(states.map((state) => [state._id.toHexString(), state]));
  const lights = peers.map((peer) => presentLight(peer, byId.get(peer._id.toHexString()), now));
  const associations = running.map((row) => summaryOf(row, now));
  return {
    asOf: status.asOf,
    listening: status.listening,
    running: status.running,
    stuck: associations.filter(({ stuck }) => stuck).length,
    mutePeers: lights.filter(({ light }) => light === 'mute').length,
    silentPeers: lights.filter(({ silent }) => silent !== null).length,
    peers: peers.length,
    receivedToday: status.receivedToday.instances,
    messagesPerSecond: status.messagesPerSecond,
    unattached: status.unattached,
    problem: status.problem,
    lights: lights.slice(0, MOST_LIGHTS).map(({ aeTitle, light, since }) => ({ aeTitle, light, since })),
    associations: associations
      .sort((a, b) => Number(b.stuck) - Number(a.stuck) || b.messagesPerSecond - a.messagesPerSecond || a.id.localeCompare(b.id))
      .slice(0, MOST_ROWS),
    refused: refusals.length,
    refusals: refusals.slice(0, MOST_ROWS).map(({ _id, callingAeTitle, reason, count, lastAt }) => ({
      id: _id.toHexString(),
      callingAeTitle,
      reason,
      count,
      lastAt: lastAt.toISOString(),
    })),
  };
}

function summaryOf(row: AssociationRow, now: Date): PacsSummary['associations'][number] {
  return {
    id: row._id.toHexString(),
    service: row.service,
    modality: row.modality,
    messages: row.messages,
    messagesPerSecond: row.messagesPerSecond,
    startedAt: row.startedAt.toISOString(),
    aeTitle: row.service === 'SCP' ? row.callingAeTitle : row.calledAeTitle,
    stuck: isStuck({ endedAt: null, updatedAt: row.updatedAt.toISOString() }, now),
  };
}
