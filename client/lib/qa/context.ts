import { createContext } from 'svelte';
import type { OverviewState } from './overview.svelte.ts';

/** Machines, lights and the source: they stand in the layout of all pages of quality control. */
export const [qaOverview, setQaOverview] = createContext<OverviewState>();
