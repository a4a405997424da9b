import { Socket, type SocketConstructorOpts } from 'node:net';

/**
 * What one read of a connection brings at most. One buffer serves all: whoever is told of bytes uses or copies them before the next read. (Node reads
 * each 64 KB into memory of its own: 8 MB of garbage for every 8 MB received, most of it outside of the heap, where nobody hurries to collect it.)
 */
const buffer = Buffer.allocUnsafeSlow(131_072);

/**
 * The connection that a server accepted, read into the shared buffer: it emits `data` with bytes that are valid only during the event. Node offers this
 * (`onread`) for connections one makes, not for those one accepts; so the handle moves to a socket of our making. Where there is no such handle, the
 * accepted socket is returned as it is.
 */
export function readShared(accepted: Socket): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return accepted;
  const onread = {
    buffer,
    callback(count: number): boolean {
      socket.emit('data', buffer.subarray(0, count));
      return true; // go on; `pause()` stops it
    },
  };
  // The type of `handle` knows sockets that are bound and not connected only.
  const socket = new Socket(Object.assign<SocketConstructorOpts, object>({ onread }, { handle }));
  Reflect.set(accepted, '_handle', null);
  accepted.destroy();
  return socket;
}
