import { lightOfPeer, silenceOf } from '#shared/pacs/rules.ts';
import type { ArchivePatient, Association, Echo, Instance, PacsRefusal, Peer, PeerLight, Series, Study } from '#shared/pacs/schemas.ts';
import type { ArchivePatientRow, InstanceRow, SeriesRow, StudyRow } from './model.ts';
import type { AssociationRow, EchoRow, PeerRow, PeerStateRow, RefusalRow } from './monitor-model.ts';

/** A peer as the contract has it. */
export function presentPeer({ _id, createdAt, changedAt, ...row }: PeerRow): Peer {
  return { id: _id.toHexString(), ...row, createdAt: createdAt.toISOString(), changedAt: changedAt.toISOString() };
}

/** How a peer does; `state` is absent before its first echo and its first study. */
export function presentLight(peer: PeerRow, state: PeerStateRow | undefined, now: Date): PeerLight {
  const history = (state?.echoes ?? []).map(presentEcho);
  const lastEcho = history.at(-1) ?? null;
  const silent = peer.active && state ? silenceOf(state.arrivals, now) : null;
  return {
    peer: peer._id.toHexString(),
    aeTitle: peer.aeTitle,
    light: lightOfPeer(peer, lastEcho),
    since: state?.since?.toISOString() ?? null,
    lastEcho,
    failures: history.length - 1 - history.findLastIndex(({ ms }) => ms !== null),
    lastReceived: state?.lastReceived ? { at: state.lastReceived.at.toISOString(), modality: state.lastReceived.modality } : null,
    silent: silent && { since: silent.since.toISOString(), habitMin: Math.round(silent.habitMin) },
    history,
  };
}

/** An association; words that a person wrote at the modality only for who may see studies. */
export function presentAssociation({ _id, failed: _, ...row }: AssociationRow, seesStudies: boolean): Association {
  return {
    id: _id.toHexString(),
    ...row,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    seriesDescription: seesStudies ? row.seriesDescription : null,
  };
}

/** A refused caller. */
export function presentRefusal({ _id, firstAt, lastAt, ...row }: RefusalRow): PacsRefusal {
  return { id: _id.toHexString(), ...row, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}

/** A patient of the archive. */
export function presentArchivePatient({ _id, key: _k, searchKeys: _s, lastAt, ...row }: ArchivePatientRow): ArchivePatient {
  return { id: _id.toHexString(), ...row, lastAt: lastAt.toISOString() };
}

/** A study with the identity that the modality sent: for who may see studies only. */
export function presentStudy({ _id, searchKeys: _s, images: _i, judgeAgain: _j, ...row }: StudyRow): Study {
  return {
    uid: _id,
    ...row,
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    attachment: { ...row.attachment, at: row.attachment.at?.toISOString() ?? null },
    rtObjects: row.rtObjects.map((object) => ({ ...object, at: object.at.toISOString() })).reverse(),
  };
}

/** A series. */
export function presentSeries({ _id, firstAt, lastAt, ...row }: SeriesRow): Series {
  return { uid: _id, ...row, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}

/** An instance, without where its file lies. */
export function presentInstance({ _id, path: _, startedAt, storedAt, ...row }: InstanceRow): Instance {
  return { uid: _id, ...row, startedAt: startedAt.toISOString(), storedAt: storedAt.toISOString() };
}

function presentEcho({ at, ms, reason }: EchoRow): Echo {
  return { at: at.toISOString(), ms, reason };
}
