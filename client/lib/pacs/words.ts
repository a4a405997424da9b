import type { Association, PacsStatus, PeerLight, PeerLightColour } from '#shared/pacs/schemas.ts';
import { format, m } from '../i18n/index.ts';
import type { LightState } from '../ui/light.ts';

const MINUTE_MS = 60_000;

/** The start and the end of a long UID: what people compare. */
export function shortUid(uid: string, most = 26): string {
  if (uid.length <= most) return uid;
  const tail = uid.slice(-4);
  return `${uid.slice(0, most - tail.length - 1)}…${tail}`;
}

/** A length as a clock shows it: `0:41`, `1:02:05`. */
export function clockLength(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${two(seconds % 60)}` : `${String(minutes)}:${two(seconds % 60)}`;
}

/** A reason's code in words; one that we do not know is shown as it is. */
export function reasonText(code: string): string {
  const { reasons } = m.pacs;
  return Object.hasOwn(reasons, code) ? (reasons[code] ?? code) : code;
}

/** A rate: whole from ten on, one figure after the comma below. */
export function rateText(perSecond: number): string {
  return format.number(perSecond, perSecond < 10 ? 1 : 0);
}

/** How an association ended, with its light. */
export function endOf({ status, reason }: Pick<Association, 'status' | 'reason'>): { state: LightState; word: string } {
  const word = m.pacs.ends[status];
  const said = reason === null ? word : m.pacs.ends.because(word, reasonText(reason));
  if (status === 'completed') return { state: 'done', word };
  return { state: status === 'pending' ? 'pending' : 'late', word: said };
}

/** The code that the end is known by: a DIMSE status, or the three numbers of a reject. */
export function codeOf({ statusCode, rejection }: Pick<Association, 'statusCode' | 'rejection'>): string {
  return statusCode ?? (rejection === null ? m.pacs.none : `RJ ${rejection}`);
}

/** What keeps reception from working, in words; undefined when it works. */
export function troubleOf({ listening, why, problem }: Pick<PacsStatus, 'listening' | 'why' | 'problem'>): string | undefined {
  const code = listening ? problem : (why ?? 'silent');
  if (code === null) return undefined;
  const words: Readonly<Record<string, string>> = m.pacs.status.why;
  return Object.hasOwn(words, code) ? words[code] : reasonText(code);
}

/** The mark of each light; one that is not echoed at all has no mark of its own: see `markOf`. */
export const PEER_STATES: Record<PeerLightColour, LightState> = { answers: 'done', slow: 'soon', mute: 'late', off: 'na', unknown: 'lost' };

/** The mark of a peer. Who only calls us is never echoed: that is no fault of his. */
export function markOf({ light, lastEcho }: Pick<PeerLight, 'light' | 'lastEcho'>): LightState {
  return light === 'unknown' && lastEcho === null ? 'na' : PEER_STATES[light];
}

/** How a peer does, in a few words. */
export function lightText({ light, lastEcho, history }: PeerLight): string {
  const { lights } = m.pacs;
  if (light === 'answers') return lights.answers(echoTime(lastEcho?.ms ?? 0));
  if (light === 'slow') return lights.slow(echoTime(lastEcho?.ms ?? 0));
  if (light === 'unknown') return lastEcho === null && history.length === 0 ? lights.unknown : lights.states.unknown;
  return lights[light];
}

function echoTime(ms: number): string {
  return ms < 1000 ? m.pacs.lights.millis(format.number(ms)) : m.pacs.lights.seconds(format.number(ms / 1000, 1));
}

/** The line under a peer's name: its silence, its unanswered echoes, or what it sent last. */
export function lightDetail({ light, since, failures, silent, lastReceived }: PeerLight, now: number): string {
  const { lights } = m.pacs;
  if (light === 'mute' && failures > 0 && since) return lights.lost(format.number(failures), format.time(since), failures === 1);
  if (silent) return lights.silent(format.duration(now - Date.parse(silent.since)), format.duration(silent.habitMin * MINUTE_MS));
  if (light === 'off' && since) return lights.since(format.date(since, now));
  if (lastReceived === null) return lights.nothing;
  const ago = format.age(Math.max(0, now - Date.parse(lastReceived.at)));
  return lastReceived.modality === null ? lights.receivedPlain(ago) : lights.received(lastReceived.modality, ago);
}

/** `DUPONT^MARIE` as people write it: `DUPONT Marie` stays as typed, only the marks go. */
export function dicomName(name: string): string {
  const [alphabetic = ''] = name.split('=');
  const [family = '', given = '', middle = ''] = alphabetic.split('^').map((part) => part.trim());
  return [family, given, middle].filter((part) => part !== '').join(' ') || m.pacs.archive.noName;
}
