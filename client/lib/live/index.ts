import { dev, version } from '$app/environment';
import { Live } from './live.svelte.ts';
import { reloadOnce } from './reload.ts';
import { openSocket } from './socket.ts';

export type { Fact } from './facts.ts';
export { dirty } from './dirty.svelte.ts';

let askAnew: () => void = () => undefined;

/** Who is asked when the server says that the session ended. */
export function onLiveSessionEnded(handler: () => void): void {
  askAnew = handler;
}

/** The page's live connection. */
export const live = new Live(dev ? undefined : version, { open: openSocket, reload: reloadOnce, ended: () => askAnew() });
