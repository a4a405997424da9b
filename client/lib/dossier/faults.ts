import type { z } from 'zod';

/** What can be wrong with a field, to be said in words under it. */
export type Fault = 'required' | 'number' | 'whole' | 'tooBig' | 'dose' | 'uid' | 'invalid';
/** Faults by the field's path, as `constraints.2.limit`. */
export type Faults = Readonly<Record<string, Fault>>;

/** The faults that a schema finds, one per field. */
export function faultsIn(error: z.ZodError, draft: object): Faults {
  return Object.fromEntries(error.issues.toReversed().map((issue) => [issue.path.join('.'), faultOf(issue, valueAt(draft, issue.path))]));
}

function faultOf(issue: z.core.$ZodIssue, typed: unknown): Fault {
  if (typeof typed === 'string' && typed.trim() === '') return 'required';
  if (issue.message === 'dose') return 'dose';
  if (issue.path.at(-1) === 'rtPlanUid') return 'uid';
  if (issue.code === 'too_big') return 'tooBig';
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'whole' : 'number';
  return 'invalid';
}

function valueAt(draft: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), draft);
}
