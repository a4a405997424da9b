import { Types } from 'mongoose';
import type { PrivacyLevel, Screen, WallDossier, WallSnapshot } from '#shared/screens/schemas.ts';
import { readMachines } from '#server/domains/machines/index.ts';
import { currentLights } from '#server/domains/qa/index.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound, Unauthenticated } from '#server/platform/errors.ts';
import { announceScreen } from './announce.ts';
import { ScreenModel } from './model.ts';
import { atLevel, presentScreen } from './present.ts';

/** The screens that are open, the oldest first. */
export async function listScreens(): Promise<Screen[]> {
  const rows = await ScreenModel.find({ closed: false }).sort({ openedAt: 1 }).lean();
  return rows.map(presentScreen);
}

/** Closes a screen: its cookie is worth nothing any more and its sockets are closed. */
export async function closeScreen(ctx: Context, id: string, live: { endActor(id: string): void }): Promise<void> {
  await ctx.atomically('screens', async () => {
    const row = await ScreenModel.findOneAndUpdate(
      { _id: new Types.ObjectId(id), closed: false },
      { $set: { closed: true }, $unset: { tokenHash: 1 }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (!row) throw new NotFound('screen');
    await announceScreen(ctx, 'screen.closed', row);
  });
  live.endActor(id);
}

/** What a wall's snapshot is made of besides machines and lights. */
export interface WallSources {
  site: { name: string; timezone: string };
  openDossiers: () => Promise<WallDossier[]>;
  closedThisMonth: (now: Date) => Promise<number>;
}

/** What a wall shows: for a screen at its own level, for a user as a wall of level 1. */
export async function readWall(ctx: Context, { site, openDossiers, closedThisMonth }: WallSources): Promise<WallSnapshot> {
  const now = ctx.now();
  const level = await levelOf(ctx);
  const [dossiers, closed, machines, lights] = await Promise.all([
    openDossiers(),
    closedThisMonth(now),
    readMachines(),
    currentLights(now),
  ]);
  return {
    at: now.toISOString(),
    site: { name: site.name, timezone: site.timezone },
    level,
    dossiers: dossiers.map((dossier) => atLevel(dossier, level)),
    closedThisMonth: closed,
    machines: machines.filter((machine) => machine.active),
    lights,
  };
}

async function levelOf({ actor }: Context): Promise<PrivacyLevel> {
  if (actor.kind !== 'screen') return 1;
  const row = await ScreenModel.findById(actor.id).lean();
  if (!row) throw new Unauthenticated();
  return row.level;
}
