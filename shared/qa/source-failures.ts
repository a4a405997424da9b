/** Why a source of controls could not be read. Words: `sourceFailures` of the messages. */
export const SOURCE_FAILURES = [
  'unreachable',
  'timeout',
  'certificate',
  'encryption',
  'login',
  'database',
  'permission',
  'schema',
  'cut',
  'stopped',
  'too-many',
  'refused',
  'absent',
] as const;
export type SourceFailureCode = (typeof SOURCE_FAILURES)[number];
