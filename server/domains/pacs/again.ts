import { identifierKey } from '#shared/pacs/rules.ts';
import { ArchivePatientModel, StudyModel } from './model.ts';
import type { Worker } from './worker.ts';

/** A patient that a waiting study may belong to. */
export interface Candidate {
  id: string;
  ipp: string;
}

/**
 * Has the studies judged again that wait and carry this patient's identifier, or did when he had another: he was created or corrected, or got a dossier.
 * Only a mark is written, within the act that caused it: the process that receives judges, as the PACS, and the act never fails for a study's sake.
 */
export async function markToJudgeAgain({ id, ipp }: Candidate): Promise<void> {
  const known = await ArchivePatientModel.find({ key: identifierKey(ipp) }, { _id: 1 }).lean();
  const archivePatients = known.map(({ _id }) => _id.toHexString());
  await StudyModel.updateMany(
    {
      'attachment.state': 'waiting',
      mixed: false,
      $or: [{ archivePatient: { $in: archivePatients } }, { 'attachment.patient': id }],
    },
    { $set: { judgeAgain: true } },
  );
}

/** Gives the marked studies to the worker that judges. */
export async function judgeMarked(judging: Worker<string>): Promise<void> {
  const marked = await StudyModel.find({ 'attachment.state': 'waiting', judgeAgain: true }, { _id: 1 }).lean();
  for (const { _id } of marked) judging.add(_id);
}
