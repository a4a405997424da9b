import { randomInt } from 'node:crypto';
import { Types } from 'mongoose';
import type { z } from 'zod';
import type { OpenScreen, Pairing, PairingState, Screen } from '#shared/screens/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { AppError, TooMany } from '#server/platform/errors.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { createRateLimit, type RateLimit } from '#server/platform/rate-limit.ts';
import { digestOf, newSecret } from '#server/platform/secrets.ts';
import { announceScreen } from './announce.ts';
import { PairingModel, ScreenModel, type ScreenRow } from './model.ts';

/** How long a code is shown before the screen asks for another. */
const PAIRING_MS = 10 * 60_000;
const CODE_LENGTH = 6;
/** Without letters and digits that are taken for one another from a distance. */
const CODE_LETTERS = 'ACDEFGHJKLMNPQRTUVWXY34679';
/** Anybody may ask: what waits is bounded. */
const MOST_PENDING = 50;
const MOST_PER_ADDRESS = 20;

/** Counts how often an address asks for a code. */
export function createPairingLimit(): RateLimit {
  return createRateLimit({ most: MOST_PER_ADDRESS, seconds: PAIRING_MS / 1000 });
}

/**
 * Gives a screen a code to show and a secret to ask with.
 *
 * @throws TooMany when its address, or everybody together, has asked too often.
 */
export async function askPairing(ctx: Context, limit: RateLimit): Promise<z.infer<typeof Pairing>> {
  await limit.take(ctx.from);
  const now = ctx.now();
  const pending = await PairingModel.countDocuments({ expiresAt: { $gt: now } });
  if (pending >= MOST_PENDING) throw new TooMany(60);
  const secret = newSecret();
  const expiresAt = new Date(now.getTime() + PAIRING_MS);
  const code = await storeWithNewCode({ secretHash: digestOf(secret), expiresAt });
  return { code, secret, expiresAt: expiresAt.toISOString() };
}

/**
 * Tells a screen where its pairing stands. When it was opened it is told once, with the secret of its cookie: from then on the pairing is gone,
 * and whoever asks with its secret again is told that it expired.
 */
export async function pollPairing(ctx: Context, secret: string): Promise<z.infer<typeof PairingState> & { cookie?: string }> {
  const asked = { secretHash: digestOf(secret), expiresAt: { $gt: ctx.now() } };
  const pairing = await PairingModel.findOne(asked).lean();
  if (!pairing) return { state: 'expired' };
  if (pairing.screen === null) return { state: 'waiting' };
  const cookie = newSecret();
  return ctx.atomically('screens', async () => {
    const taken = await PairingModel.findOneAndDelete({ ...asked, screen: pairing.screen }).lean();
    if (!taken?.screen) return { state: 'expired' } as const; // told already
    const screen = await ScreenModel.findOneAndUpdate(
      { _id: new Types.ObjectId(taken.screen), closed: false },
      { $set: { tokenHash: digestOf(cookie), lastSeenAt: ctx.now() }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!screen) return { state: 'expired' } as const; // closed before it was fetched
    await announceScreen(ctx, 'screen.paired', screen);
    return { state: 'opened', cookie } as const;
  });
}

/**
 * Opens the screen that shows a code.
 *
 * @throws AppError 404 `screen.code` when no screen shows it, or somebody has opened it already.
 */
export async function openScreen(ctx: Context, { code, name, level }: z.output<typeof OpenScreen>): Promise<Screen> {
  return ctx.atomically('screens', async () => {
    const row: ScreenRow = {
      _id: new Types.ObjectId(),
      version: 1,
      name,
      level,
      openedBy: ctx.actor.name,
      openedAt: ctx.now(),
      lastSeenAt: null,
      closed: false,
    };
    const pairing = await PairingModel.findOneAndUpdate(
      { code, screen: null, expiresAt: { $gt: ctx.now() } },
      { $set: { screen: row._id.toHexString() } },
    ).lean();
    if (!pairing) throw new AppError(404, 'screen.code');
    await ScreenModel.insertMany([row], { lean: true });
    return announceScreen(ctx, 'screen.opened', row);
  });
}

/** A code may be shown by another screen just now: the unique index says so, and another is taken. */
async function storeWithNewCode(pairing: { secretHash: string; expiresAt: Date }): Promise<string> {
  const code = Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
  try {
    await PairingModel.insertMany([{ ...pairing, code, screen: null }], { lean: true });
    return code;
  } catch (error) {
    if (isDuplicate(error)) return storeWithNewCode(pairing);
    throw error;
  }
}
