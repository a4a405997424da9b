import { Types } from 'mongoose';
import type { AdmitRefusal, ChangePeer, CreatePeer, PacsRefusal, Peer, PeerLight } from '#shared/pacs/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { Conflict, NotFound } from '#server/platform/errors.ts';
import type { NewEvent } from '#server/platform/events.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { PeerModel, PeerStateModel, RefusalModel, type PeerRow, type RefusalRow } from './monitor-model.ts';
import { presentLight, presentPeer, presentRefusal } from './present.ts';

const QUEUE = 'pacs';
const MOST_REFUSALS_LISTED = 200;

/** The white list, by title. */
export async function listPeers(): Promise<Peer[]> {
  const rows = await PeerModel.find().sort({ aeTitle: 1 }).lean();
  return rows.map(presentPeer);
}

/** How every peer does, by title. */
export async function listLights(now: Date): Promise<PeerLight[]> {
  const [peers, states] = await Promise.all([PeerModel.find().sort({ aeTitle: 1 }).lean(), PeerStateModel.find().lean()]);
  const byId = new Map(states.map((state) => [state._id.toHexString(), state]));
  return peers.map((peer) => presentLight(peer, byId.get(peer._id.toHexString()), now));
}

/**
 * Adds a peer to the white list: it is admitted from now on.
 *
 * @throws Conflict `peer.exists`
 */
export async function createPeer(ctx: Context, fields: CreatePeer): Promise<Peer> {
  return orExists(() => ctx.atomically(QUEUE, () => insert(ctx, fields)));
}

/** Adds a peer unless there is one of that title: for the demo. */
export async function ensurePeer(ctx: Context, fields: CreatePeer): Promise<Peer> {
  const existing = await PeerModel.findOne({ aeTitle: fields.aeTitle }).lean();
  return existing ? presentPeer(existing) : createPeer(ctx, fields);
}

/**
 * Changes a peer on condition of the version that the administrator saw.
 *
 * @throws Conflict `peer.changed` with the current state, `peer.exists` for a title that is taken.
 */
export async function changePeer(ctx: Context, id: string, { version, ...fields }: ChangePeer): Promise<Peer> {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return orExists(() =>
    ctx.atomically(QUEUE, async () => {
      const row = await PeerModel.findOneAndUpdate(
        { _id: new Types.ObjectId(id), version },
        { $set: { ...given, changedAt: ctx.now() }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      ).lean();
      if (row) return announce(ctx, 'peer.changed', row);
      const current = await PeerModel.findById(id).lean();
      if (!current) throw new NotFound('peer');
      throw new Conflict('peer.changed', { current: presentPeer(current) });
    }),
  );
}

/** Takes a peer off the white list. What it sent stays, with its title. */
export async function deletePeer(ctx: Context, id: string): Promise<void> {
  await ctx.atomically(QUEUE, async () => {
    const row = await PeerModel.findByIdAndDelete(id).lean();
    if (!row) throw new NotFound('peer');
    await PeerStateModel.deleteOne({ _id: row._id });
    await ctx.record({
      action: 'peer.deleted',
      subject: `peer:${id}`,
      details: { aeTitle: row.aeTitle },
      live: [{ topic: 'pacs', type: 'pacs:peers', data: { changed: [], removed: [id] } }],
    });
  });
}

/** Callers that were refused and about whom nobody has decided, the latest first. */
export async function listRefusals(): Promise<PacsRefusal[]> {
  const rows = await RefusalModel.find({ state: 'open' }).sort({ lastAt: -1 }).limit(MOST_REFUSALS_LISTED).lean();
  return rows.map(presentRefusal);
}

/**
 * Admits a refused caller: it becomes a peer with its own address; all its refusals are settled with it.
 *
 * @throws Conflict `refusal.settled`, `peer.exists`
 */
export async function admitRefusal(ctx: Context, id: string, { host, ...fields }: AdmitRefusal): Promise<Peer> {
  return orExists(() =>
    ctx.atomically(QUEUE, async () => {
      const { callingAeTitle, address } = await settle(ctx, id, 'admitted');
      return insert(ctx, { ...fields, aeTitle: callingAeTitle, host: host ?? address, tls: false, active: true });
    }),
  );
}

/**
 * Leaves a refused caller refused and takes it off the list.
 *
 * @throws Conflict `refusal.settled`
 */
export async function ignoreRefusal(ctx: Context, id: string): Promise<void> {
  await ctx.atomically(QUEUE, async () => {
    await settle(ctx, id, 'ignored');
    await ctx.record({ action: 'refusal.ignored', subject: `refusal:${id}` });
  });
}

async function settle(ctx: Context, id: string, state: 'admitted' | 'ignored'): Promise<RefusalRow> {
  const row = await RefusalModel.findOneAndUpdate(
    { _id: new Types.ObjectId(id), state: 'open' },
    { $set: { state }, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).lean();
  if (!row) {
    if (await RefusalModel.findById(id).lean()) throw new Conflict('refusal.settled');
    throw new NotFound('refusal');
  }
  const settled = [row];
  if (state === 'admitted') {
    const others = await RefusalModel.find({ callingAeTitle: row.callingAeTitle, state: 'open' }).lean();
    await RefusalModel.updateMany({ _id: { $in: others.map(({ _id }) => _id) } }, { $set: { state }, $inc: { version: 1 } });
    settled.push(...others.map((other) => ({ ...other, state, version: other.version + 1 })));
  }
  ctx.announce([{ topic: 'pacs', type: 'pacs:refusals', data: { changed: settled.map(presentRefusal) } }]);
  return row;
}

async function insert(ctx: Context, fields: CreatePeer): Promise<Peer> {
  const at = ctx.now();
  const row: PeerRow = { _id: new Types.ObjectId(), version: 1, ...fields, createdAt: at, createdBy: ctx.actor.name, changedAt: at };
  await PeerModel.insertMany([row], { lean: true });
  return announce(ctx, 'peer.created', row);
}

async function announce(ctx: Context, action: string, row: PeerRow): Promise<Peer> {
  const peer = presentPeer(row);
  const state = await PeerStateModel.findById(row._id).lean();
  const live: NewEvent[] = [
    { topic: 'pacs', type: 'pacs:peers', data: { changed: [peer], removed: [] } },
    { topic: 'pacs', type: 'pacs:lights', data: { changed: [presentLight(row, state ?? undefined, ctx.now())] } },
  ];
  await ctx.record({
    action,
    subject: `peer:${peer.id}`,
    details: { aeTitle: peer.aeTitle, rights: peer.rights, active: peer.active, version: peer.version },
    live,
  });
  return peer;
}

async function orExists<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict('peer.exists');
    throw error;
  }
}
