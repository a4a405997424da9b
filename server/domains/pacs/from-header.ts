import { plainText } from '#shared/text.ts';
import { SEXES } from '#shared/patients/schemas.ts';
import type { DicomPatient } from '#shared/pacs/schemas.ts';
import { identifierKey } from '#shared/pacs/rules.ts';
import type { DicomHeader } from '#server/platform/dicom/header.ts';
import type { ReceivedInstance } from '#server/platform/dicom/storage.ts';
import type { ArchivePatientRow, InstanceRow, RtObjectRow, SeriesRow, StudyRow } from './model.ts';
import { isImage, rtKindOf } from './sop-classes.ts';

/** The identity that a modality sent. */
export function dicomPatientOf({ values }: DicomHeader): DicomPatient {
  const sex = SEXES.find((code) => code === values.PatientSex?.toUpperCase());
  return {
    patientId: values.PatientID ?? '',
    name: values.PatientName ?? '',
    birthDate: dayOf(values.PatientBirthDate),
    sex: sex ?? null,
  };
}

/** What tells patients of the archive apart: the identifier without case and spaces; without one, name and birth date. */
export function patientKeyOf(header: DicomHeader): string {
  const id = identifierKey(header.values.PatientID ?? '');
  if (id !== '') return id;
  const { name, birthDate } = dicomPatientOf(header);
  return `?${plainText(name)}|${birthDate ?? ''}`;
}

/** A new patient of the archive. */
export function archivePatientRowOf(header: DicomHeader, key: string, at: Date): Omit<ArchivePatientRow, '_id'> {
  const patient = dicomPatientOf(header);
  const searchKeys = searchKeysOf([patient.patientId, patient.name]);
  return { ...patient, key, searchKeys, studies: 0, instances: 0, bytes: 0, lastAt: at };
}

/** A new study, not judged yet. */
export function studyRowOf(
  { header, studyInstanceUid, callingAeTitle }: ReceivedInstance,
  archivePatient: string,
  at: Date,
): Omit<StudyRow, '_id'> {
  const { values } = header;
  const patient = dicomPatientOf(header);
  return {
    archivePatient,
    patient,
    searchKeys: searchKeysOf([patient.patientId, patient.name, values.AccessionNumber, studyInstanceUid]),
    date: dayOf(values.StudyDate),
    time: values.StudyTime ?? null,
    description: values.StudyDescription ?? null,
    accessionNumber: values.AccessionNumber ?? null,
    institution: values.InstitutionName ?? null,
    modalities: [],
    series: 0,
    instances: 0,
    bytes: 0,
    firstAt: at,
    lastAt: at,
    complete: false,
    from: callingAeTitle,
    attachment: { state: 'pending', reason: null, dossier: null, patient: null, by: null, at: null },
    images: isImage(values.Modality ?? null),
    mixed: false,
    rtObjects: [],
  };
}

/** A new series. */
export function seriesRowOf({ header: { values }, studyInstanceUid }: ReceivedInstance, at: Date): Omit<SeriesRow, '_id'> {
  return {
    studyUid: studyInstanceUid,
    number: wholeNumber(values.SeriesNumber),
    modality: values.Modality ?? null,
    description: values.SeriesDescription ?? null,
    bodyPart: values.BodyPartExamined ?? null,
    manufacturer: values.Manufacturer ?? null,
    model: values.ManufacturerModelName ?? null,
    station: values.StationName ?? null,
    instances: 0,
    bytes: 0,
    firstAt: at,
    lastAt: at,
  };
}

/** An instance. */
export function instanceRowOf(instance: ReceivedInstance): InstanceRow {
  return {
    _id: instance.sopInstanceUid,
    studyUid: instance.studyInstanceUid,
    seriesUid: instance.seriesInstanceUid,
    number: wholeNumber(instance.header.values.InstanceNumber),
    sopClassUid: instance.sopClassUid,
    transferSyntaxUid: instance.transferSyntaxUid,
    sizeBytes: instance.fileBytes,
    checksum: instance.sha256,
    path: instance.path,
    startedAt: instance.startedAt,
    storedAt: instance.receivedAt,
    from: instance.callingAeTitle,
  };
}

/** What an instance is to planning, if anything. */
export function rtObjectOf(instance: ReceivedInstance): RtObjectRow | undefined {
  const kind = rtKindOf(instance.sopClassUid);
  if (!kind) return undefined;
  const { StructureSetLabel, RTPlanLabel, RTPlanName, DoseSummationType, SeriesDescription } = instance.header.values;
  return {
    kind,
    seriesUid: instance.seriesInstanceUid,
    instanceUid: instance.sopInstanceUid,
    label: StructureSetLabel ?? RTPlanLabel ?? RTPlanName ?? DoseSummationType ?? SeriesDescription ?? null,
    at: instance.receivedAt,
  };
}

/** `19580302` as `1958-03-02`; null for what is no day of the calendar. */
export function dayOf(date: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const text = `${year}-${month}-${day}`;
  const parsed = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text ? null : text;
}

/** Words as they are searched: lower case, without accents, DICOM's components apart. */
export function searchKeysOf(words: readonly (string | undefined)[]): string[] {
  const keys = words.flatMap((word) => [plainText(word ?? ''), ...plainText(word ?? '').split(/[\s^=]+/)]);
  return [...new Set(keys)].filter((key) => key !== '').slice(0, 40);
}

function wholeNumber(text: string | undefined): number | null {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isSafeInteger(number) ? number : null;
}
