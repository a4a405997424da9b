import { patientChanged } from '#server/domains/patients/index.ts';
import { followPatient } from './patient-copies.ts';
import { setSite } from './site.ts';
import { ensureWorkflow } from './workflow-store.ts';

export { createDossier, dossierCreated, moveDossier } from './service.ts';
export { applySignature, tickItem } from './items.ts';
export { attachStudyTo, proposeContours, takeStudy } from './studies.ts';
export { endSession, startSession, writePlan, writePrescription } from './treatment.ts';
export { hasDossiers, listDossiers, readDossier, wallDossiers } from './queries.ts';
export { closedThisMonth } from './write.ts';
export { currentWorkflow, importWorkflow } from './workflow-store.ts';
export { mountDossiers } from './routes.ts';
export { dossiersPresenters } from './realtime.ts';

/** Makes the domain ready: the workflow is stored, copies of patients follow. */
export async function startDossiers(site: Parameters<typeof setSite>[0]): Promise<void> {
  setSite(site);
  patientChanged.listen(followPatient);
  await ensureWorkflow();
}
