import { plainText } from '../text.ts';
import type { Association, DicomPatient, Echo, PeerLightColour } from './schemas.ts';

/** Seconds without a command or a byte after which a running association counts as stuck. */
export const STUCK_AFTER_S = 60;
/** An answer to an echo that takes longer than this is slow. */
export const SLOW_ECHO_MS = 1000;
/** Fewer pauses than this make no habit. */
const LEAST_PAUSES = 8;
const SILENCE_FACTOR = 3;
const LEAST_SILENCE_MIN = 120;
const MINUTE_MS = 60_000;

/** What of our patient an outside identity is compared with. */
export interface KnownIdentity {
  ipp: string;
  lastName: string;
  firstName: string;
  birthDate: string;
}

/** Whether two identifiers agree: case, spaces and what pads them aside. */
export function sameIdentifier(a: string, b: string): boolean {
  return a.trim() !== '' && identifierKey(a) === identifierKey(b);
}

/**
 * Whether a study's identity is a patient's: the identifier agrees, and neither name nor birth date contradicts. Names are compared without accents,
 * case, punctuation and DICOM's `^` and `=`; an absent name or birth date contradicts nothing. Source: `common.md`, "Identity".
 */
export function identityOf(
  sent: Pick<DicomPatient, 'patientId' | 'name' | 'birthDate'>,
  known: KnownIdentity,
): 'agrees' | 'identifier' | 'contradicts' {
  if (!sameIdentifier(sent.patientId, known.ipp)) return 'identifier';
  if (sent.birthDate !== null && sent.birthDate !== known.birthDate) return 'contradicts';
  return namesContradict(sent.name, known) ? 'contradicts' : 'agrees';
}

/** Whether a running association has been quiet for too long. */
export function isStuck({ endedAt, updatedAt }: Pick<Association, 'endedAt' | 'updatedAt'>, now: Date): boolean {
  return endedAt === null && now.getTime() - Date.parse(updatedAt) >= STUCK_AFTER_S * 1000;
}

/** The light of a peer by its last echo. */
export function lightOfPeer({ active, port }: { active: boolean; port: number | null }, lastEcho: Echo | null): PeerLightColour {
  if (!active) return 'off';
  if (port === null || lastEcho === null) return 'unknown';
  if (lastEcho.ms === null) return 'mute';
  return lastEcho.ms > SLOW_ECHO_MS ? 'slow' : 'answers';
}

/**
 * Whether a modality has been silent for much longer than its habit. Its habit is the pause that 9 of 10 of its pauses between two studies do not
 * exceed: nights count, if it has nights; longer than three times that, and than two hours, is silence.
 *
 * @param arrivals when its last studies began, in any order.
 */
export function silenceOf(arrivals: readonly Date[], now: Date): { since: Date; habitMin: number } | null {
  const times = arrivals.map((at) => at.getTime()).sort((a, b) => a - b);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const last = times.at(-1);
  if (last === undefined || pauses.length < LEAST_PAUSES) return null;
  const habitMin = percentile90(pauses) / MINUTE_MS;
  const quietMin = (now.getTime() - last) / MINUTE_MS;
  return quietMin > Math.max(LEAST_SILENCE_MIN, SILENCE_FACTOR * habitMin) ? { since: new Date(last), habitMin } : null;
}

function percentile90(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}

/**
 * A name contradicts when a family or given name that is stated is another. Second given names may stand in DICOM's third component; both
 * names may stand in one component, or the other way round: modalities are typed at by people.
 */
function namesContradict(sent: string, { lastName, firstName }: KnownIdentity): boolean {
  const [alphabetic = ''] = sent.split('=');
  const [family = '', given = '', middle = ''] = alphabetic.split('^').map(nameKey);
  if (family + given + middle === '') return false;
  const [last, first] = [nameKey(lastName), nameKey(firstName)];
  const stated = [
    [family, given],
    [family, given + middle],
  ];
  if (given === '' && [last + first, first + last].includes(family)) return false;
  return !stated.some(([one = '', other = '']) => (compatible(one, last) && compatible(other, first)) || (one === first && other === last));
}

function compatible(sent: string, known: string): boolean {
  return sent === '' || sent === known;
}

function nameKey(name: string): string {
  return plainText(name).replace(/[^\p{L}\p{N}]/gu, '');
}

/** An identifier as it is compared: without case and spaces. */
export function identifierKey(id: string): string {
  return id.toLowerCase().replace(/\s/g, '');
}
