import { isDeepStrictEqual } from 'node:util';
import { Types } from 'mongoose';
import { qaWordsOf } from '#shared/messages/qa.ts';
import { lightSentence } from '#shared/messages/qa-sentences.ts';
import type { Machine } from '#shared/machines/schemas.ts';
import { lightOf, type LightReason } from '#shared/qa/machine-light.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { instantOf, wallClockIn } from '#shared/qa/site-clock.ts';
import { nextMidnight } from '#shared/time.ts';
import { allMachines, setMachineStatus } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import type { SourceRow } from './controls-model.ts';
import { factsOf, fedBySource, litByRules, readSource } from './facts.ts';
import { LightModel, type LightRow } from './model.ts';
import { overrideOf } from './overrides-store.ts';
import { pictureAt, type Picture } from './picture.ts';
import { presentLight } from './present.ts';
import { machineResolved, machineTurnedRed } from './signals.ts';
import { qaSite, siteZone } from './site.ts';

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
  const picture = wanted.some((machine) => litByRules(machine, source)) ? await pictureAt(at) : undefined;
  for (const machine of wanted) await relightOne(ctx, machine, { at, source, picture });
}

interface Moment {
  at: Date;
  source: SourceRow | null;
  /** Absent when no machine of these is judged by the rules. */
  picture: Picture | undefined;
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
    override: await overrideOf(machine.id, at),
    reference: said.light === 'red' ? (standing(last, at)?.reference ?? referenceOf(machine, at)) : null,
  };
  if (last && last.until > at && isDeepStrictEqual(told(last), told(row))) return;
  await LightModel.insertMany([row], { lean: true });
  await setMachineStatus(ctx, machine.id, statusOf(row));
  announceLight(ctx, row);
  await signal(ctx, machine, { last: standing(last, at), row });
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
async function determine(machine: Machine, { at, source, picture }: Moment, last: LightRow | null): Promise<Said | undefined> {
  const ruled = litByRules(machine, source);
  const seen = picture ?? (await pictureAt(at));
  const facts = await factsOf(machine, seen, { source, previous: last?.light ?? null });
  const { calendar, now } = seen.view;
  const { light, reasons, until, untilMs } = lightOf(facts, { now, nowMs: at.getTime(), calendar, dueHour: seen.version.config.dueHour });
  if (!ruled && light !== 'red' && light !== 'stopped') return byHand(machine.id, at, last);
  const end = Math.min(instantOf(siteZone(), until).getTime(), untilMs ?? Number.POSITIVE_INFINITY);
  return { light, why: [...reasons], reasons: sentences(reasons), until: new Date(end), set: 'rules', by: null, byId: null, role: null };
}

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

/** The former light, when it was still to be believed. */
function standing(last: LightRow | null, at: Date): LightRow | null {
  // A light that ran out a moment ago, as at midnight, is the same trouble going on.
  return last && at.getTime() - last.until.getTime() < GOES_ON_MS ? last : null;
}
const GOES_ON_MS = 10 * 60_000;

/** Clocks of two servers differ by less than this. */
const SKEW_MS = 5 * 60_000;

/** The instant of a new light: after the last one, so that of two determined at once, or by two servers' clocks, the later written holds. */
export function after(last: Pick<LightRow, 'asOf'> | null, now: Date): Date {
  const aheadMs = last ? last.asOf.getTime() - now.getTime() : -1;
  return aheadMs >= 0 && aheadMs < SKEW_MS ? new Date(now.getTime() + aheadMs + 1) : now;
}

/** The registry says it too: every list of machines does. */
function statusOf({ light, why, reasons }: LightRow): { code: 'available' | 'down' | 'maintenance'; why: string } {
  if (why.some(({ code }) => code === 'down.reported')) return { code: 'down', why: reasons[0] ?? '' };
  return light === 'stopped' ? { code: 'maintenance', why: reasons[0] ?? '' } : { code: 'available', why: '' };
}

/** What makes two lights different ones for those who look. */
function told({ light, why, until, set, silentSince, override, by }: LightRow): unknown {
  return JSON.parse(JSON.stringify({ light, why, until, set, silentSince, override, by }));
}

function referenceOf({ shortName }: Machine, at: Date): string {
  return `${shortName}-${wallClockIn(siteZone(), at).slice(0, 19)}`.replaceAll(' ', '');
}

async function signal(ctx: Context, machine: Machine, { last, row }: { last: LightRow | null; row: LightRow }): Promise<void> {
  const about = { machine: { id: machine.id, name: machine.name }, reasons: row.reasons, at: row.asOf };
  const wasRed: LightColour | undefined = last?.light;
  if (row.light === 'red' && row.reference && last?.reference !== row.reference) {
    await machineTurnedRed.publish(ctx, { ...about, reference: row.reference });
  }
  if (wasRed === 'red' && row.light !== 'red' && last?.reference) {
    await machineResolved.publish(ctx, { ...about, reference: last.reference });
  }
}
