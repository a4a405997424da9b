import { z } from 'zod';
import { Day, Instant } from '../schemas.ts';
import { MachineId } from '../machines/schemas.ts';

/** What a machine's light can say. Source: `qa.md`, "Light of a machine, now". */
export const LIGHTS = ['green', 'amber', 'red', 'stopped', 'justified', 'unknown', 'none'] as const;
export const LightColour = z.enum(LIGHTS);
export type LightColour = z.infer<typeof LightColour>;

/**
 * A machine's light. `reasons` say why in words; `asOf` is when it was determined and `until` when it ends (the site's midnight
 * for one set by hand): from then on it is unknown.
 */
export const Light = z.strictObject({
  machine: MachineId,
  light: LightColour,
  reasons: z.array(z.string()),
  asOf: Instant.nullable(),
  until: Instant.nullable(),
  by: z.string().nullable(),
});
export type Light = z.infer<typeof Light>;

export const LightParams = z.strictObject({ machineId: MachineId });
export const SetLight = z.strictObject({
  light: z.enum(['green', 'amber', 'red']),
  reason: z.string().trim().min(1).max(300),
});
export const LightsQuery = z.strictObject({ date: Day.optional() });
