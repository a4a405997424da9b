import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { errorReply } from './dispatch.ts';
import { CommandError } from './errors.ts';
import type { Turns } from './turns.ts';
import { createFramer, readMessage, writeReply } from './wire.ts';

export interface Listening {
  close(): Promise<void>;
}

/** Listens on the socket and hands every message to the engine. */
export async function listen(turns: Turns, socketPath: string): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(turns, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return { close: () => closeAll(server, sockets) };
}

function serveConnection(turns: Turns, socket: Socket): void {
  const frame = createFramer((message) => answer(turns, socket, message));
  socket.on('error', () => socket.destroy()); // the other end died; its transactions expire
  socket.on('data', (chunk: Buffer) => {
    try {
      frame(chunk);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      socket.destroy(); // no message can be told from the next any more
    }
  });
}

function answer(turns: Turns, socket: Socket, message: Buffer): void {
  const send = (id: number, legacy: boolean, wanted: boolean) => (reply: Parameters<typeof writeReply>[0]) => {
    if (wanted && !socket.destroyed) socket.write(writeReply(reply, { id, legacy }));
  };
  try {
    const request = readMessage(message);
    turns.run(request, send(request.id, request.legacy, request.wantsReply));
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof RangeError)) throw error;
    const told = error instanceof CommandError ? error : new CommandError(22, 'a message ends before its content');
    send(message.readInt32LE(4), false, true)(errorReply(told));
  }
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}
