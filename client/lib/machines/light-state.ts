import type { LightColour } from '#shared/qa/schemas.ts';
import type { LightState } from '../ui/light.ts';

const STATES: Readonly<Record<LightColour, LightState>> = {
  green: 'done',
  amber: 'soon',
  red: 'late',
  justified: 'just',
  unknown: 'lost',
  stopped: 'na',
  none: 'na',
};

/** Shape, mark and colour of a machine's light; unknown is the violet dashed diamond, never green. */
export function lightState(light: LightColour): LightState {
  return STATES[light];
}
