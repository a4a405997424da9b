import { Types } from 'mongoose';
import type { PrivacyLevel } from '#shared/screens/schemas.ts';
import type { Actor } from '#server/platform/context.ts';
import { digestOf } from '#server/platform/secrets.ts';
import { ScreenModel } from './model.ts';

export const SCREEN_COOKIE = 'vigie_screen';

const DAY_MS = 24 * 3600 * 1000;
/** The longest that browsers keep a cookie; it begins anew with every use. A wall is started by power and has no keyboard. */
export const SCREEN_COOKIE_MS = 400 * DAY_MS;

/** How often the last use is written. */
const SEEN_EVERY_MS = 60_000;

interface KnownScreen {
  actor: Actor;
  session: string;
  level: PrivacyLevel;
}

/** Finds the screen of a cookie; undefined for one that was closed, or not used for longer than its cookie lives. */
export async function identifyScreen(cookie: string, now: Date): Promise<KnownScreen | undefined> {
  const row = await ScreenModel.findOne({ tokenHash: digestOf(cookie), closed: false }).lean();
  const seen = (row?.lastSeenAt ?? row?.openedAt)?.getTime() ?? 0;
  if (!row || now.getTime() - seen > SCREEN_COOKIE_MS) return undefined;
  if (now.getTime() - seen >= SEEN_EVERY_MS) await ScreenModel.updateOne({ _id: row._id }, { $set: { lastSeenAt: now } });
  const id = row._id.toHexString();
  return { actor: { kind: 'screen', id, name: row.name, role: null }, session: id, level: row.level };
}

/** Of screens as `identifyScreen` named them, those that are still open. */
export async function screensStillValid(ids: readonly string[]): Promise<Set<string>> {
  const _id = { $in: ids.filter((id) => /^[0-9a-f]{24}$/.test(id)).map((id) => new Types.ObjectId(id)) };
  const rows = await ScreenModel.find({ _id, closed: false }, { _id: 1 }).lean();
  return new Set(rows.map((row) => row._id.toHexString()));
}
