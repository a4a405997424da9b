import { z } from 'zod';

/**
 * A condition that is not met: the rule's name (stable, for programs), a sentence that a clinician understands, and what the sentence speaks of,
 * so that a client can say it in its own language.
 */
export const Refusal = z.strictObject({
  rule: z.string(),
  message: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
});
export type Refusal = z.infer<typeof Refusal>;

/** Body of every answer that is not a success. */
export const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
