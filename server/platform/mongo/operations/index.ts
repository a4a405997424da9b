// One door to what an administrator does with a database: alike on the embedded engine and on MongoDB.
export { backupJob } from './backup-job.ts';
export { backupTo, exportTo } from './copy.ts';
export { checkPlace } from './check.ts';
export type { Manifest } from './manifest.ts';
export type { Place } from './place.ts';
export { progressBar } from './progress.ts';
export { verifyCopy } from './read-copy.ts';
export { restoreCopy } from './restore.ts';
