import { isDeepStrictEqual } from 'node:util';
import { Types } from 'mongoose';
import { qaWordsOf } from '#shared/messages/qa.ts';
import { lightSentence } from '#shared/messages/qa-sentences.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { lightOf, type LightReason } from '#shared/qa/machine-light.ts';
import type { Override } from '#shared/qa/schemas.ts';
import { instantOf } from '#shared/qa/site-clock.ts';
import { nextMidnight } from '#shared/time.ts';
import { allMachines, setMachineStatus } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import type { SourceRow } from './controls-model.ts';
import { declaredOf, factsFrom, fedBySource, litByRules, type Declared } from './facts.ts';
import { LightModel, type LightRow } from './model.ts';
import { overridesOf } from './overrides-store.ts';
import { pictureAt, type Picture } from './picture.ts';
import { presentLight } from './present.ts';
import { qaSite, siteZone } from './site.ts';
import { readSource } from './source-store.ts';
import { referenceFor, tellTrouble } from './trouble.ts';

/** What a light says, without when it was determined. */
type Said = Pick<LightRow, 'light' | 'why' | 'reasons' | 'until' | 'set' | 'by' | 'byId' | 'role'>;

/**
 * Determines lights anew, inside an act, and tells those that changed. The picture of all controls is brought up to date outside of the transaction, what
 * people declared is read inside of it: an act sees its own writes.
 */
export async function relight(ctx: Context, machines: readonly string[]): Promise<void> {
  const at = ctx.now();
  const source = await readSource();
  const wanted = allMachines().filter(({ id, active }) => active && machines.includes(id));
  if (wanted.length === 0) return;
  const picture = await pictureAt(at);
  const declared = await declaredOf(wanted);
  const overrides = await overridesOf(
    wanted.map(({ id }) => id),
    at,
  );
  for (const machine of wanted) await relightOne(ctx, machine, { at, source, picture, declared, overrides });
}

interface Moment {
  at: Date;
  source: SourceRow | null;
  picture: Picture;
  declared: Declared;
  overrides: ReadonlyMap<string, Override>;
}

async function relightOne(ctx: Context, machine: Machine, moment: Moment): Promise<void> {
  const last = await lastRow(machine.id);
  const said = await determine(machine, moment, last);
  if (!said) return;
  const { at, source } = moment;
  const row: LightRow = {
    _id: new Types.ObjectId(),
    machine: machine.id,
    ...said,
    asOf: after(last, at),
    silentSince: fedBySource(machine, source) ? (source?.failure?.since ?? null) : null,
    override: moment.overrides.get(machine.id) ?? null,
    reference: referenceFor(machine, { last, light: said.light, at }),
  };
  if (last && stillSays(last, row, at)) return;
  await LightModel.insertMany([row], { lean: true });
  await setMachineStatus(ctx, machine.id, statusOf(row));
  announceLight(ctx, row);
  await tellTrouble(ctx, machine, { last, row });
}

/** Tells a light on the topics of those who show it. */
export function announceLight(ctx: Context, row: LightRow): void {
  const fact = { type: 'light:changed', data: { light: presentLight(row) } };
  ctx.announce([
    { topic: 'qa', ...fact },
    { topic: 'wall', ...fact },
  ]);
}

/** The light by the rules; by what is declared where a hand sets it, else what that hand set. Undefined: nobody set one, and nothing is declared. */
async function determine(machine: Machine, { at, source, picture, declared }: Moment, last: LightRow | null): Promise<Said | undefined> {
  const facts = factsFrom(machine, picture, { source, declared, previous: standing(last, at)?.light ?? null });
  const { calendar, now } = picture.view;
  const found = lightOf(facts, { now, nowMs: at.getTime(), calendar, dueHour: picture.version.config.dueHour });
  const { light, until, untilMs } = found;
  const reasons = litByRules(machine, source) ? found.reasons : found.reasons.filter(({ code }) => OVER_A_HAND.has(code));
  if (!litByRules(machine, source) && reasons.length === 0) return byHand(machine.id, at, last);
  const end = Math.min(instantOf(siteZone(), until).getTime(), untilMs ?? Number.POSITIVE_INFINITY);
  return { light, why: [...reasons], reasons: sentences(reasons), until: new Date(end), set: 'rules', by: null, byId: null, role: null };
}

/** What people declared of a machine goes before a light set by hand, too. */
const OVER_A_HAND: ReadonlySet<LightReason['code']> = new Set(['stopped.downtime', 'stopped.maintenance', 'down.reported', 'daily.failed']);

/** What a hand set last, when it still holds; when something declared has just ended, and nothing is set: unknown. */
async function byHand(machine: string, at: Date, last: LightRow | null): Promise<Said | undefined> {
  const row = await LightModel.findOne({ machine, set: 'hand' }).sort({ asOf: -1 }).lean();
  if (row && row.until > at) {
    const { light, why, reasons, until, set, by, byId, role } = row;
    return { light, why, reasons, until, set, by, byId, role };
  }
  if (last?.set !== 'rules' || last.until <= at) return undefined;
  return { light: 'unknown', why: [], reasons: [], until: nextMidnight(siteZone(), at), set: 'hand', by: null, byId: null, role: null };
}

function sentences(reasons: readonly LightReason[]): string[] {
  const { locale, timezone } = qaSite();
  const words = qaWordsOf(locale);
  const format = new Intl.DateTimeFormat(locale, { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  return reasons.map((reason) => lightSentence(reason, words, (ms) => format.format(ms)));
}

export function lastRow(machine: string): Promise<LightRow | null> {
  return LightModel.findOne({ machine }).sort({ asOf: -1, _id: -1 }).lean<LightRow | null>();
}

/** The former light, when it is still to be believed: only such a one may stay green while the source is silent. */
function standing(last: LightRow | null, at: Date): LightRow | null {
  // A light that ran out a moment ago, as at midnight, is the same trouble going on.
  return last && at.getTime() - last.until.getTime() < GOES_ON_MS ? last : null;
}
const GOES_ON_MS = 10 * 60_000;

/**
 * The instant of a new light: after the last one, so that of two determined at once, or by two servers' clocks, the later written holds. However far the
 * last one is ahead: a clock that was wrong must not leave a green light that no red one can follow.
 */
export function after(last: Pick<LightRow, 'asOf'> | null, now: Date): Date {
  return last && last.asOf >= now ? new Date(last.asOf.getTime() + 1) : now;
}

/**
 * Whether the last light says what the new one would. That it could be believed longer is no news while it holds for a while: a source that is read every
 * five minutes would write a row each time.
 */
function stillSays(last: LightRow, row: LightRow, at: Date): boolean {
  if (last.until <= at || !isDeepStrictEqual(told(last), told(row))) return false;
  return row.until.getTime() === last.until.getTime() || (row.until > last.until && last.until.getTime() - at.getTime() > LASTS_MS);
}
const LASTS_MS = 20 * 60_000;

/** The registry says it too: every list of machines does. */
function statusOf({ light, why, reasons }: LightRow): { code: 'available' | 'down' | 'maintenance'; why: string } {
  if (why.some(({ code }) => code === 'down.reported')) return { code: 'down', why: reasons[0] ?? '' };
  return light === 'stopped' ? { code: 'maintenance', why: reasons[0] ?? '' } : { code: 'available', why: '' };
}

/** What makes two lights different ones for those who look. */
function told({ light, why, reasons, set, silentSince, override, by, reference }: LightRow): unknown {
  return JSON.parse(JSON.stringify({ light, why, reasons, set, silentSince, override, by, reference }));
}
