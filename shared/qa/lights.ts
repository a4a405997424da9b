import type { Light, LightColour } from './schemas.ts';

/** Whether a light keeps a session from starting. Source: the table of `qa.md`. */
export function blocks(light: LightColour): boolean {
  return light === 'red' || light === 'unknown' || light === 'stopped';
}

/** The light as it is at an instant: one that has ended, or that nobody set, is unknown. */
export function lightAt(light: Light | undefined, machine: string, at: Date): Light {
  if (light && (light.until === null || at.getTime() < Date.parse(light.until))) return light;
  return { machine, light: 'unknown', reasons: [], asOf: light?.until ?? null, until: null, by: null };
}
