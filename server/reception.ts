import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { attachStudyTo, dossierCreated, proposeContours, takeStudy } from '#server/domains/dossiers/index.ts';
import {
  markToJudgeAgain,
  startPacs,
  structuresArrived,
  studyArrived,
  studyAttached,
  type Candidate,
  type Reception,
  type ReceptionSettings,
  type StudyArrival,
} from '#server/domains/pacs/index.ts';
import { patientChanged, patientCreated } from '#server/domains/patients/index.ts';
import type { Context, ContextFactory } from '#server/platform/context.ts';
import { DEFAULT_LIMITS } from '#server/platform/dicom/limits.ts';
import type { EventLog } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import type { Settings } from './settings.ts';

/** How reception is set up, as the process that receives and those that show it both know it. */
export function receptionOf(settings: Settings): ReceptionSettings {
  return {
    aeTitle: settings.DICOM_AE_TITLE,
    host: settings.DICOM_HOST,
    port: settings.DICOM_PORT,
    tls: settings.DICOM_TLS_KEY !== undefined,
    mostAssociations: DEFAULT_LIMITS.associations,
  };
}

/** Studies speak uphill: dossiers listen here, where both are known. The functions are the same at every start, so none listens twice. */
export function connectStudiesToDossiers(): void {
  studyArrived.listen(offerToDossiers);
  studyAttached.listen(attachStudyTo);
  structuresArrived.listen(proposeContours);
  patientCreated.listen(judgeStudiesOf);
  patientChanged.listen(judgeStudiesOf);
  dossierCreated.listen(judgeStudiesOfDossier);
}

/** What reception needs of the application that shows it. */
interface Shown {
  contexts: ContextFactory;
  events: EventLog;
}

/** Starts DICOM reception: the role `dicom`. */
export async function startDicom(
  { contexts, events }: Shown,
  { settings, log, now }: { settings: Settings; log: Log; now: () => Date },
): Promise<Reception> {
  const { DICOM_TLS_KEY: key, DICOM_TLS_CERT: cert, DICOM_TLS_CA: ca, DATA_DIR: dataDir, SITE_TIMEZONE: timezone } = settings;
  if (settings.VIGIE_ROLES.every((role) => role === 'dicom')) boundHeap();
  const pem = key && cert ? { key: await readFile(key), cert: await readFile(cert), ...(ca ? { ca: await readFile(ca) } : {}) } : undefined;
  const reception = { ...receptionOf(settings), dataDir, timezone, ...(pem ? { pem } : {}) };
  return startPacs({ settings: reception, contexts, events, now, log });
}

/** What reception drops has lived long enough to be cleared late: alone in its process, its heap may grow by a fifth between two clearings, not fourfold. */
function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=20');
}

async function offerToDossiers(ctx: Context, arrival: StudyArrival): Promise<void> {
  arrival.settle(await takeStudy(ctx, arrival));
}

async function judgeStudiesOf(_ctx: Context, patient: Candidate): Promise<void> {
  await markToJudgeAgain(patient);
}

async function judgeStudiesOfDossier(_ctx: Context, { patient }: { patient: Candidate }): Promise<void> {
  await markToJudgeAgain(patient);
}
