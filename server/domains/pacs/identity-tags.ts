/**
 * Elements that can tell who a patient is. Source: PS3.15 table E.1-1 (what de-identification removes), read widely: every name of a person, the whole
 * group of the patient, free texts in which names are typed, and private elements, of which nobody knows.
 */
const TAGS: ReadonlySet<string> = new Set([
  '00080050', // AccessionNumber
  '00080080', // InstitutionName
  '00080081', // InstitutionAddress
  '00081030', // StudyDescription
  '0008103E', // SeriesDescription
  '00084000', // IdentifyingComments
  '00200010', // StudyID
  '00204000', // ImageComments
  '00321032', // RequestingPhysician
  '00321060', // RequestedProcedureDescription
  '00324000', // StudyComments
  '00380010', // AdmissionID
  '00380300', // CurrentPatientLocation
  '00400275', // RequestAttributesSequence
  '00401001', // RequestedProcedureID
  '00402016', // PlacerOrderNumberImagingServiceRequest
  '00402017', // FillerOrderNumberImagingServiceRequest
]);
const FREE_TEXT = new Set(['PN', 'LT', 'ST', 'UT']);

/** Whether the value of an element may tell who a patient is; `code` as `00100010`. */
export function isIdentityTag({ code, vr }: { code: string; vr: string }): boolean {
  const isPrivate = Number.parseInt(code.slice(3, 4), 16) % 2 === 1;
  return code.startsWith('0010') || isPrivate || FREE_TEXT.has(vr) || TAGS.has(code);
}
