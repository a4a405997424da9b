import type { Light, LightColour } from './schemas.ts';

/** Whether a light keeps a session from starting. Source: the table of `qa.md`. */
export function blocks(light: LightColour): boolean {
  return light === 'red' || light === 'unknown' || light === 'stopped';
}

/** The light as it is at an instant: one that has ended, or that nobody set, is unknown. */
export function lightAt(light: Light | undefined, machine: string, at: Date): Light {
  if (light && (light.until === null || at.getTime() < Date.parse(light.until))) return light;
  const { asOf = null, silentSince = null, override = null } = light ? { ...light, asOf: light.until } : {};
  return { machine, light: 'unknown', reasons: [], why: [], asOf, until: null, by: null, set: null, silentSince, override };
}

/** Whether two people let sessions start at an instant although the machine is blocked. */
export function overridden({ override }: Pick<Light, 'override'>, at: Date): boolean {
  return override !== null && override.confirmed !== null && at.getTime() < Date.parse(override.until);
}

/** What a light means for a session at an instant: an override lets it start, as a justification does. */
export function gateOf(light: Light, at: Date): LightColour {
  return blocks(light.light) && overridden(light, at) ? 'justified' : light.light;
}
