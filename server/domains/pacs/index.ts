export { markToJudgeAgain, type Candidate } from './again.ts';
export { ensurePeer } from './peers.ts';
export { pacsPresenters } from './realtime.ts';
export { startReception as startPacs, type Reception } from './receive.ts';
export { mountPacs } from './routes.ts';
export { structuresArrived, studyArrived, studyAttached, type StudyArrival } from './signals.ts';
export type { ReceptionSettings } from './status.ts';
