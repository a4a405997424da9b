import type { WaitingReason } from '#shared/pacs/schemas.ts';
import { signal } from '#server/platform/signal.ts';

/** What became of a study that arrived: a dossier took it, or why none did. */
export type ArrivalOutcome = { dossier: string } | { reason: WaitingReason };

/** A study of a patient of ours began to arrive. */
export interface StudyArrival {
  studyUid: string;
  /** Our patient, whose identity the study's does not contradict. */
  patient: string;
  /** Whether it has images: plans and structures alone are no imported exam. */
  images: boolean;
  /** A listener that knows dossiers says what became of it; nobody said: it waits for a person. */
  settle(outcome: ArrivalOutcome): void;
}

export interface StudyAttachment {
  studyUid: string;
  dossier: string;
  images: boolean;
}

/** A study began to arrive; published in the act that judges it. */
export const studyArrived = signal<StudyArrival>('study.arrived');
/** A person attached a study, or images came to one that was attached for its plans. A listener refuses by throwing. */
export const studyAttached = signal<StudyAttachment>('study.attached');
/** A structure set came to a study of a dossier. */
export const structuresArrived = signal<{ dossier: string; instanceUid: string }>('structures.arrived');
/** No instance came for 60 s. */
export const studyCompleted = signal<{ studyUid: string; dossier: string | null }>('study.completed');
