import { createContext } from 'svelte';
import type { ChannelsList } from './channels.svelte.ts';

/** The list in view, for the panel beside it: what one saves shows in the other at once. */
export const [channelsList, setChannelsList] = createContext<ChannelsList>();
