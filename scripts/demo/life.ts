import { STATUSES } from '#shared/dossiers/statuses.ts';
import { listDossiers, readDossier } from '#server/domains/dossiers/index.ts';
import { AppError } from '#server/platform/errors.ts';
import type { Log } from '#server/platform/log.ts';
import type { Cast } from './people.ts';
import { pick, seededRandom } from '#shared/random.ts';
import { stepForward, treat } from './walk.ts';

const MOVE_EVERY_MS = 25_000;

/** The demo's life: a dossier moves now and then. Returns what ends it. */
export function startLife(cast: Cast, log: Log): () => void {
  const random = seededRandom(Date.now());
  const moves = setInterval(() => void quietly(log, () => moveSomeDossier(cast, random)), MOVE_EVERY_MS);
  return () => clearInterval(moves);
}

async function moveSomeDossier(cast: Cast, random: () => number): Promise<void> {
  const status = pick(random, STATUSES.slice(0, -1));
  const { items } = await listDossiers(cast('coordinator'), { status, limit: 50 });
  if (items.length === 0) return;
  const dossier = await readDossier(cast('coordinator'), pick(random, items).id);
  if (dossier.status !== 'EN_TRAITEMENT') await stepForward(cast, dossier, new Date());
  else if (dossier.sessions.done + 1 < (dossier.sessions.prescribed ?? 0)) await treat(cast, dossier, new Date());
}

/** A refusal is part of life: a red machine keeps the demo's people from treating, as it would keep anybody. */
async function quietly(log: Log, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError)) log.error({ err: error }, 'the demo stumbled');
  }
}
