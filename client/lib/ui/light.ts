/** What a light says; the colour always comes with its shape and its mark. */
export type LightState = 'done' | 'late' | 'soon' | 'pending' | 'lost' | 'just' | 'na';

/** s 14, m 18, l 26, xl 44 px. */
export type LightSize = 's' | 'm' | 'l' | 'xl';
