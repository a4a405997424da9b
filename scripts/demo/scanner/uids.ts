import { createHash } from 'node:crypto';

/** What names a SOP class or another thing of the standard (PS3.6 annex A). */
export const SOP_CLASS = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  pet: '1.2.840.10008.5.1.4.1.1.128',
  rtDose: '1.2.840.10008.5.1.4.1.1.481.2',
  rtStruct: '1.2.840.10008.5.1.4.1.1.481.3',
  rtPlan: '1.2.840.10008.5.1.4.1.1.481.5',
  /** Retired, and still what PS3.3 C.8.8.5 wants a structure set to call a study. */
  detachedStudy: '1.2.840.10008.3.1.2.3.1',
} as const;

/**
 * The UID of something simulated: the same for the same name, and no other name has it. All stand under `2.25.`, the root of UIDs made
 * of a UUID (PS3.5 B.2); the UUID is of version 8, made of a hash.
 */
export function simulatedUid(name: string): string {
  const bytes = createHash('sha256').update(`vigie simulator/${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}

/** A number to seed randomness with, made of a name. */
export function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32LE(0);
}
