/** The attributes the header holds, by tag: keyword and value representation (PS3.6). In the order of their tags. */
export const KEYWORDS = {
  0x00080005: ['SpecificCharacterSet', 'CS'],
  0x00080016: ['SOPClassUID', 'UI'],
  0x00080018: ['SOPInstanceUID', 'UI'],
  0x00080020: ['StudyDate', 'DA'],
  0x00080021: ['SeriesDate', 'DA'],
  0x00080022: ['AcquisitionDate', 'DA'],
  0x00080023: ['ContentDate', 'DA'],
  0x00080030: ['StudyTime', 'TM'],
  0x00080031: ['SeriesTime', 'TM'],
  0x00080050: ['AccessionNumber', 'SH'],
  0x00080060: ['Modality', 'CS'],
  0x00080070: ['Manufacturer', 'LO'],
  0x00080080: ['InstitutionName', 'LO'],
  0x00080090: ['ReferringPhysicianName', 'PN'],
  0x00081010: ['StationName', 'SH'],
  0x00081030: ['StudyDescription', 'LO'],
  0x0008103e: ['SeriesDescription', 'LO'],
  0x00081090: ['ManufacturerModelName', 'LO'],
  0x00100010: ['PatientName', 'PN'],
  0x00100020: ['PatientID', 'LO'],
  0x00100021: ['IssuerOfPatientID', 'LO'],
  0x00100030: ['PatientBirthDate', 'DA'],
  0x00100040: ['PatientSex', 'CS'],
  0x00180015: ['BodyPartExamined', 'CS'],
  0x00181000: ['DeviceSerialNumber', 'LO'],
  0x00181030: ['ProtocolName', 'LO'],
  0x0020000d: ['StudyInstanceUID', 'UI'],
  0x0020000e: ['SeriesInstanceUID', 'UI'],
  0x00200010: ['StudyID', 'SH'],
  0x00200011: ['SeriesNumber', 'IS'],
  0x00200013: ['InstanceNumber', 'IS'],
  0x00200052: ['FrameOfReferenceUID', 'UI'],
  0x00280008: ['NumberOfFrames', 'IS'],
  0x00280010: ['Rows', 'US'],
  0x00280011: ['Columns', 'US'],
  0x30040002: ['DoseUnits', 'CS'],
  0x30040004: ['DoseType', 'CS'],
  0x3004000a: ['DoseSummationType', 'CS'],
  0x30060002: ['StructureSetLabel', 'SH'],
  0x30060004: ['StructureSetName', 'LO'],
  0x30060008: ['StructureSetDate', 'DA'],
  0x30060009: ['StructureSetTime', 'TM'],
  0x300a0002: ['RTPlanLabel', 'SH'],
  0x300a0003: ['RTPlanName', 'LO'],
  0x300a0006: ['RTPlanDate', 'DA'],
  0x300a000a: ['PlanIntent', 'CS'],
  0x300e0002: ['ApprovalStatus', 'CS'],
} as const satisfies Record<number, readonly [keyword: string, vr: string]>;

export type Keyword = (typeof KEYWORDS)[keyof typeof KEYWORDS][0];

interface Attribute {
  readonly keyword: Keyword;
  readonly vr: string;
}

/** The same, to be looked up. */
export const ATTRIBUTES: ReadonlyMap<number, Attribute> = new Map(
  Object.entries(KEYWORDS).map(([tag, [keyword, vr]]) => [Number(tag), { keyword, vr }]),
);

/** After this tag nothing of the header follows; pixel data and contours are not reached, or walked past. */
export const LAST_TAG = 0x300e0002;

/** Sequences of the data set itself whose items are read, with what each names. */
export const REFERENCES = {
  referencedStudy: 0x00081110,
  referencedFrameOfReference: 0x30060010,
  rtReferencedStudy: 0x30060012,
  rtReferencedSeries: 0x30060014,
  referencedRtPlan: 0x300c0002,
  referencedStructureSet: 0x300c0060,
} as const;

/** Attributes inside those sequences. */
export const NESTED = { frameOfReferenceUid: 0x00200052, seriesInstanceUid: 0x0020000e, referencedSopInstanceUid: 0x00081155 } as const;
