const DUPLICATE_KEY = 11_000;

/** Whether a write failed because a unique index holds that value already: somebody else was quicker. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;
}
