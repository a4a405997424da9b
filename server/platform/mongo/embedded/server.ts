import { createServer, type Socket } from 'node:net';
import { errorReply } from './dispatch.ts';
import { CommandError } from './errors.ts';
import type { Turns } from './turns.ts';
import { createFramer, readMessage, writeReply, type Reply } from './wire.ts';

/** Listens on the socket and hands every message to the engine. Returns what ends that. */
export async function listen(turns: Turns, socketPath: string): Promise<() => Promise<void>> {
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
  return async () => {
    for (const socket of sockets) socket.destroy();
    await server[Symbol.asyncDispose]();
  };
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
  const send = (reply: Reply): void => {
    if (!socket.destroyed) socket.write(writeReply(reply, message));
  };
  try {
    const request = readMessage(message);
    turns.run(request, request.wantsReply ? send : () => undefined);
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof RangeError)) throw error;
    send(errorReply(error instanceof CommandError ? error : new CommandError(22, 'a message ends before its content')));
  }
}
