import type { LightColour } from '#shared/qa/schemas.ts';
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
