import type { ChannelKind } from '#shared/notifications/schemas.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { PaceModel } from './model.ts';

/** Teams takes four requests a second. */
const GAP_MS = 250;
/** Who would wait longer lets others go on and comes back. */
const MOST_WAIT_MS = 2000;
const ATTEMPTS = 20;

/**
 * Takes the next place in the row of those who send, over all processes on one database, as far as their clocks agree.
 *
 * @returns how long to wait for it, in ms; null when the row is too long now.
 */
export async function takePlace(kind: ChannelKind, now: Date): Promise<number | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await PaceModel.findById(kind).lean();
    const at = Math.max(row?.nextAt.getTime() ?? 0, now.getTime());
    if (at - now.getTime() > MOST_WAIT_MS) return null;
    if (await advance(kind, row?.nextAt, new Date(at + GAP_MS))) return at - now.getTime();
  }
  return null;
}

/** Whether the row was still as it was seen. */
async function advance(kind: ChannelKind, seen: Date | undefined, next: Date): Promise<boolean> {
  if (seen) return (await PaceModel.updateOne({ _id: kind, nextAt: seen }, { $set: { nextAt: next } })).modifiedCount === 1;
  try {
    await PaceModel.insertMany([{ _id: kind, nextAt: next }], { lean: true });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
