import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { beginMessage, messageReader, PACKET } from './wire.ts';

/**
 * The TLS session of a connection. Until the handshake ends its bytes travel inside packets of type PRELOGIN, one flight in exactly one message (in two,
 * tedious waits until its time is up); from then on they travel as they are.
 *
 * TLS 1.2 at most: with 1.3 FreeTDS does not get through. No tickets: a session taken up again would end with the client's flight, not with ours.
 */
export function startTls(socket: Socket, { key, cert }: Certificate, onError: (error: Error) => void): TLSSocket {
  const packets = messageReader();
  let inPackets = true;
  let flight: Buffer[] = [];

  const inside = new Duplex({
    read: () => socket.resume(),
    write(bytes: Buffer, _encoding, written) {
      if (!inPackets) {
        if (socket.destroyed || socket.write(bytes)) written();
        else afterDrain(socket, written);
        return;
      }
      flight.push(bytes);
      if (flight.length === 1) setImmediate(() => setImmediate(sendFlight));
      written();
    },
    final(ended) {
      socket.end();
      ended();
    },
  });

  function sendFlight(): void {
    const bytes = Buffer.concat(flight);
    flight = [];
    if (secured) inPackets = false; // this was the last flight
    void beginMessage(socket, 4096, PACKET.prelogin).end(bytes);
  }

  let secured = false;
  const tls = new TLSSocket(inside, { isServer: true, key, cert, maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET });
  tls.on('secure', () => {
    secured = true;
  });
  tls.on('error', onError);
  socket.on('data', (chunk: Buffer) => {
    try {
      const bytes = secured ? chunk : Buffer.concat(packets(chunk).map(({ payload }) => payload));
      if (bytes.length > 0 && !inside.push(bytes)) socket.pause();
    } catch (error) {
      onError(error instanceof Error ? error : new Error('a handshake that cannot be read'));
    }
  });
  socket.on('close', () => {
    inside.push(null);
    tls.destroy();
  });
  return tls;
}

function afterDrain(socket: Socket, then: () => void): void {
  const proceed = (): void => {
    socket.off('drain', proceed).off('close', proceed);
    then();
  };
  socket.once('drain', proceed).once('close', proceed);
}
