import { MediaQuery } from 'svelte/reactivity';

/** A narrow screen: one column, folded panels, the actions at the bottom. */
export const phone = new MediaQuery('max-width: 700px');
