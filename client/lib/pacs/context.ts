import { createContext } from 'svelte';
import type { Monitor } from './monitor.svelte.ts';
import type { PeersList } from './peers.svelte.ts';
import type { Unattached } from './unattached.svelte.ts';

/** The monitor stands in the layout: its marks show on every tab. */
export const [pacsMonitor, setPacsMonitor] = createContext<Monitor>();
/** The lists in view, for the panel beside it. */
export const [peersList, setPeersList] = createContext<PeersList>();
export const [unattachedList, setUnattached] = createContext<Unattached>();
