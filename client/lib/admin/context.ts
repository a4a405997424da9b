import { createContext } from 'svelte';
import type { MachinesRegistry } from './machines.svelte.ts';
import type { UsersList } from './users.svelte.ts';

/** The list in view, for the panel beside it: what one saves shows in the other at once. */
export const [usersList, setUsersList] = createContext<UsersList>();
export const [machinesRegistry, setMachinesRegistry] = createContext<MachinesRegistry>();
