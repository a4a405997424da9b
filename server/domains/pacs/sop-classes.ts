import { RT_KINDS, type RtKind } from '#shared/pacs/schemas.ts';

const STORAGE = '1.2.840.10008.5.1.4.1.1';

/** Names of the SOP classes that a radiotherapy department sees most; others are shown by their UID. Source: PS3.4 annex B. */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.1': 'C-ECHO',
  [`${STORAGE}.1`]: 'CR',
  [`${STORAGE}.2`]: 'CT',
  [`${STORAGE}.2.1`]: 'CT (enhanced)',
  [`${STORAGE}.4`]: 'MR',
  [`${STORAGE}.4.1`]: 'MR (enhanced)',
  [`${STORAGE}.6.1`]: 'US',
  [`${STORAGE}.7`]: 'SC',
  [`${STORAGE}.20`]: 'NM',
  [`${STORAGE}.66.1`]: 'REG',
  [`${STORAGE}.128`]: 'PT',
  [`${STORAGE}.130`]: 'PT (enhanced)',
  [`${STORAGE}.481.1`]: 'RTIMAGE',
  [`${STORAGE}.481.2`]: 'RTDOSE',
  [`${STORAGE}.481.3`]: 'RTSTRUCT',
  [`${STORAGE}.481.4`]: 'RTRECORD',
  [`${STORAGE}.481.5`]: 'RTPLAN',
  [`${STORAGE}.481.8`]: 'RTPLAN (ions)',
};

const RT_BY_CLASS: Readonly<Record<string, RtKind>> = {
  [`${STORAGE}.481.2`]: 'RTDOSE',
  [`${STORAGE}.481.3`]: 'RTSTRUCT',
  [`${STORAGE}.481.5`]: 'RTPLAN',
  [`${STORAGE}.481.8`]: 'RTPLAN',
};

/** SOP classes of structures, plans and doses. */
export const RT_CLASSES = Object.keys(RT_BY_CLASS);

/** A SOP class as the monitor names it. */
export function sopClassName(uid: string): string {
  return NAMES[uid] ?? uid;
}

/** Whether an object is a structure set, a plan or a dose, and which. */
export function rtKindOf(sopClassUid: string): RtKind | undefined {
  return RT_BY_CLASS[sopClassUid];
}

/** Whether a modality means images: plans, structures, doses and records alone are no imported exam. */
export function isImage(modality: string | null): boolean {
  const planning: readonly string[] = [...RT_KINDS, 'RTRECORD', 'RTIMAGE', 'REG', 'SR', 'PR', 'KO'];
  return modality === null || !planning.includes(modality);
}
