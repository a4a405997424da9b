import { lightSentence } from '#shared/messages/qa-sentences.ts';
import type { Light, Override } from '#shared/qa/schemas.ts';
import { format, locale, m, qaWords } from '../i18n/index.ts';
import type { LightState } from '../ui/light.ts';

/** What is said of a cell: a period's state, and whether it was justified. */
export interface CellFacts {
  state: 'done' | 'missed' | 'running' | 'none';
  justified: boolean;
}

/** Why a light is what it is, in the reader's language; in the site's where no code came with it. */
export function reasonsOf(light: Pick<Light, 'why' | 'reasons'>): string[] {
  if (light.why.length === 0) return light.reasons;
  return light.why.map((reason) => lightSentence(reason, qaWords(), (ms) => format.dateTime(ms)));
}

/** The same in one line; a light without a reason says what that means. */
export function reasonText(light: Light): string {
  const reasons = reasonsOf(light);
  if (reasons.length > 0) return reasons.join(' · ');
  if (light.light === 'green') return m.qa.allDone;
  if (light.light === 'none') return m.qa.noneAsked;
  return light.light === 'unknown' ? m.machines.notSet : '';
}

/** An override in force: `Dérogation jusqu’à minuit`. */
export function overrideText({ until }: Override): string {
  const time = format.time(until);
  return m.qa.override.mark(time === '00:00' ? m.machines.midnight : time);
}

/** The mark of a cell. A justified miss is never green. */
export function cellMark({ state, justified }: CellFacts): LightState {
  if (state === 'done') return 'done';
  if (state === 'missed') return justified ? 'just' : 'late';
  return state === 'running' ? 'pending' : 'na';
}

/** The word of a cell. */
export function cellWord({ state, justified }: CellFacts): string {
  return m.qa.marks[state === 'missed' && justified ? 'justified' : state];
}

/** What stands of a type for a machine: where its period is, and whether its latest control is conform. */
export interface TypeFacts extends CellFacts {
  conform: boolean | null;
  dueSoon: boolean;
}

/** Lights of a type: done, and beside it conform where that is known. While nobody knows the machine's light, nobody knows these either. */
export function typeMarks(type: TypeFacts, light: Light['light']): { marks: LightState[]; word: string; state: LightState } {
  if (light === 'unknown') return { marks: ['lost'], word: m.qa.marks.unknown, state: 'lost' };
  const done: LightState = type.dueSoon && type.state === 'running' ? 'soon' : cellMark(type);
  if (type.conform === null || type.state === 'none') return { marks: [done], word: cellWord(type), state: done };
  if (!type.conform) return { marks: [done, 'late'], word: m.qa.marks.notConform, state: 'late' };
  if (type.state !== 'done') return { marks: [done], word: cellWord(type), state: done };
  return { marks: [done, 'done'], word: m.qa.marks.conform, state: 'done' };
}

/** A rate as it is shown, with one decimal: `97,9 %`, `100,0 %`, and a dash for a machine that never has the type. */
export function rateText(rate: number | null): string {
  if (rate === null) return '–';
  const text = format.percent(rate / 100);
  return /[,.]/.test(text) ? text : text.replace(/^\d+/, (whole) => `${whole}${locale.current === 'fr' ? ',' : '.'}0`);
}

/** A length of working time in hours and minutes: `3 h 05`. */
export function hoursText(minutes: number): string {
  return m.qa.status.hours(format.number(Math.floor(minutes / 60)), String(minutes % 60).padStart(2, '0'));
}
