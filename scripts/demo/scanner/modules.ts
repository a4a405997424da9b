import type { Dataset } from './encode.ts';
import { type Grid, sliceZ, type Study, uidOf } from './study.ts';
import { personName } from './subjects.ts';

export const SIMULATED = 'SIMULATED: invented patient, computed phantom';

interface SeriesWish {
  readonly modality: 'CT' | 'PT' | 'RTSTRUCT' | 'RTPLAN' | 'RTDOSE';
  readonly number: number;
  readonly description: string;
  readonly model: string;
}

/** Patient, general study, patient study, general series, general equipment (PS3.3 C.7.1.1 to C.7.5.1): what every object of a series shares. */
export function seriesModules(study: Study, { modality, number, description, model }: SeriesWish): Dataset {
  const { date, time } = clock(study.at);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ...patientModules(study),
    StudyInstanceUID: uidOf(study, 'study'),
    StudyDate: date,
    StudyTime: time,
    ReferringPhysicianName: 'Aubry^Claire',
    StudyID: study.accession.slice(3),
    AccessionNumber: study.accession,
    StudyDescription: `${study.kind === 'petct' ? 'TEP-TDM' : 'Scanner de dosimétrie'} ${study.site.label}`,
    Modality: modality,
    SeriesInstanceUID: uidOf(study, `series/${modality}`),
    SeriesNumber: number,
    SeriesDescription: description,
    SeriesDate: date,
    SeriesTime: time,
    OperatorsName: 'Le Bihan^Thomas',
    Manufacturer: 'Vigie simulator',
    ManufacturerModelName: model,
    InstitutionName: 'Val-de-Brume',
    StationName: study.station,
    DeviceSerialNumber: 'SIM-0001',
    SoftwareVersions: '1',
  };
}

function patientModules({ subject, at, weightKg }: Study): Dataset {
  const birth = subject.birthDate.replaceAll('-', '');
  const years = Math.max(0, at.getFullYear() - Number(birth.slice(0, 4)) - (clock(at).date.slice(4) < birth.slice(4) ? 1 : 0));
  return {
    PatientName: personName(subject),
    PatientID: subject.ipp,
    PatientBirthDate: birth,
    // DICOM has no code for "unknown": the attribute is then without value.
    PatientSex: subject.sex === 'U' ? '' : subject.sex,
    PatientAge: `${String(years).padStart(3, '0')}Y`,
    PatientWeight: weightKg,
    PatientSize: 1.7,
    PatientComments: SIMULATED,
  };
}

/** Frame of reference, image plane, image pixel (C.7.4.1, C.7.6.2, C.7.6.3) of one axial slice of 16 bits. */
export function sliceModules(study: Study, lie: Grid, slice: number): Dataset {
  const z = sliceZ(lie, slice);
  const { date, time } = clock(study.at);
  return {
    ...frameOfReference(study),
    InstanceNumber: slice + 1,
    ContentDate: date,
    ContentTime: time,
    AcquisitionDate: date,
    AcquisitionTime: time,
    ImageComments: SIMULATED,
    LossyImageCompression: '00',
    ImagePositionPatient: [lie.origin[0], lie.origin[1], z],
    ImageOrientationPatient: AXIAL,
    PixelSpacing: [lie.spacing, lie.spacing],
    SliceThickness: lie.thickness,
    SliceLocation: z,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: lie.rows,
    Columns: lie.columns,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    RescaleSlope: 1,
    RescaleIntercept: 0,
  };
}

/** Rows to the patient's left, columns to his back: supine, head first. */
export const AXIAL = [1, 0, 0, 0, 1, 0] as const;

/** Images, structures and dose of a study lie in one frame of reference. */
export function frameOfReference(study: Study): Dataset {
  return { FrameOfReferenceUID: uidOf(study, 'frame'), PositionReferenceIndicator: '' };
}

/** Names another object. */
export function reference(sopClass: string, instance: string): Dataset {
  return { ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: instance };
}

/** A coded concept (PS3.3 8.8-1). */
export function code(value: string, scheme: string, meaning: string): Dataset {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

/** Date and time as DICOM writes them, by the clock on the wall. */
export function clock(at: Date): { date: string; time: string } {
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    date: `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`,
    time: `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`,
  };
}
