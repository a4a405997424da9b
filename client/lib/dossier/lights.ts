import { gateOf } from '#shared/qa/lights.ts';
import type { Light, LightColour } from '#shared/qa/schemas.ts';
import type { LightState } from '../ui/Light.svelte';

const STATES: Record<LightColour, LightState> = {
  green: 'done',
  amber: 'soon',
  red: 'late',
  stopped: 'na',
  justified: 'just',
  unknown: 'lost',
  none: 'na',
};

/** The shape and mark with which a machine's light is shown. */
export function stateOfLight(light: LightColour): LightState {
  return STATES[light];
}

/** What a machine's light means for a session at an instant (epoch ms): an override lets it start. */
export function gateAt(light: Light | undefined, at: number): LightColour {
  return light ? gateOf(light, new Date(at)) : 'unknown';
}
