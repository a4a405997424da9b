import { createHash } from 'node:crypto';

/** Root made from a random UUID (PS3.5 annex B.2): needs no registration. */
export const IMPLEMENTATION_CLASS_UID = '2.25.165520819210909780344638776245940110968';
export const IMPLEMENTATION_VERSION = 'VIGIE_1';

export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
export const VERIFICATION = '1.2.840.10008.1.1';

export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
/** JPIP Referenced Deflate, Deflated Image Frame is not among them: only its frames are deflated. */
export const DEFLATED_SYNTAXES: ReadonlySet<string> = new Set([DEFLATED, '1.2.840.10008.1.2.4.95', '1.2.840.10008.1.2.4.205']);
/** GE private: implicit VR little endian but for its pixels. */
export const GE_PRIVATE = '1.2.840.113619.5.2';

const UID = /^[0-9]+(\.[0-9]+)*$/;

/**
 * Whether a text is a UID: digits and dots, 1 to 64 characters. Components with leading zeros, which PS3.5 §9.1 forbids and modalities
 * in service send, are let through: such a UID is safe as a name of file and refusing it would lose the object.
 */
export function isUid(text: string | undefined): text is string {
  return text !== undefined && text.length <= 64 && UID.test(text);
}

interface WithUids {
  readonly values: { readonly StudyInstanceUID?: string; readonly SeriesInstanceUID?: string };
}

/** `ab/<study>/<series>`: a folder for `StorageSink.folderFor`, spread so that no folder holds every study. Its UIDs have been checked before. */
export function uidFolder(header: WithUids): string {
  const { StudyInstanceUID, SeriesInstanceUID } = header.values;
  if (!isUid(StudyInstanceUID) || !isUid(SeriesInstanceUID)) throw new Error('the header has no UIDs to build a folder from');
  return `${createHash('sha256').update(StudyInstanceUID).digest('hex').slice(0, 2)}/${StudyInstanceUID}/${SeriesInstanceUID}`;
}
