/** The record as it is now, in the details of a 409; the caller parses it. */
export function currentIn(details: unknown): unknown {
  return typeof details === 'object' && details !== null && 'current' in details ? details.current : undefined;
}
