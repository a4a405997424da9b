import type { LiveSocket } from './facts.ts';

/** Opens the way to the server. Loaded on its own: sign-in does without it. */
export async function openSocket(): Promise<LiveSocket> {
  const { io } = await import('socket.io-client');
  return io({
    path: '/socket.io/',
    transports: ['websocket'],
    autoConnect: false,
    forceNew: true,
    // Within 15 s of the server's listening every client is back, and not all in the same instant.
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
    timeout: 5000,
  });
}
