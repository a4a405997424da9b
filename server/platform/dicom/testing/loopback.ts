import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '#server/platform/log.ts';
import type { AssociationProgress, EndedAssociation, OpenedAssociation, Refusal, StorageFault } from '../observer.ts';
import { pdu, PDU, writeAssociateRequest, writeData, type ProposedContext } from '../pdu.ts';
import { REJECT } from '../rejection.ts';
import { startScp, type DicomServer, type ScpOptions } from '../server.ts';
import type { ReceivedInstance, StorageSink, StoreOutcome } from '../storage.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE, uidFolder, VERIFICATION } from '../uids.ts';

/** What an observer was told. */
export interface Told {
  readonly opened: OpenedAssociation[];
  readonly progress: AssociationProgress[];
  readonly refused: Refusal[];
  readonly ended: EndedAssociation[];
  readonly faults: StorageFault[];
}

export interface Loopback {
  readonly server: DicomServer;
  readonly root: string;
  readonly told: Told;
  readonly accepted: ReceivedInstance[];
  /** What `accept` answers instead of its own finding. */
  answer: ((instance: ReceivedInstance) => Promise<StoreOutcome>) | null;
  files(): Promise<string[]>;
  close(): Promise<void>;
}

/** An index in memory that does what the real one must do. */
function memoryIndex(loopback: { accepted: ReceivedInstance[]; answer: Loopback['answer'] }): StorageSink['accept'] {
  const known = new Map<string, { sha256: string; path: string }>();
  return async (instance) => {
    if (loopback.answer) return loopback.answer(instance);
    const before = known.get(instance.sopInstanceUid);
    if (before) return before.sha256 === instance.sha256 ? { kind: 'same', path: before.path } : { kind: 'conflict' };
    known.set(instance.sopInstanceUid, { sha256: instance.sha256, path: instance.path });
    loopback.accepted.push(instance);
    return Promise.resolve({ kind: 'stored' });
  };
}

/** A server on a free port with an archive of its own, that admits whoever calls VIGIE. */
export async function startLoopback(options: Partial<ScpOptions> = {}): Promise<Loopback> {
  const root = await mkdtemp(join(tmpdir(), 'vigie-dicom-'));
  const told: Told = { opened: [], progress: [], refused: [], ended: [], faults: [] };
  const inside: { accepted: ReceivedInstance[]; answer: Loopback['answer'] } = { accepted: [], answer: null };
  const server = await startScp({
    host: '127.0.0.1',
    port: 0,
    log: createLog('silent'),
    admit: async ({ calledAeTitle, callingAeTitle }) => {
      if (calledAeTitle !== 'VIGIE') return Promise.resolve({ refuse: REJECT.calledAeNotRecognised, why: 'called AE title' });
      if (callingAeTitle === 'STRANGER') return Promise.resolve({ refuse: REJECT.callingAeNotRecognised, why: 'calling AE title' });
      return Promise.resolve({ rights: callingAeTitle === 'NORIGHTS' ? [] : ['echo', 'store'] });
    },
    sink: { root, folderFor: uidFolder, accept: memoryIndex(inside) },
    observer: {
      opened: (association) => void told.opened.push(association),
      progress: (_id, progress) => void told.progress.push(progress),
      refused: (refusal) => void told.refused.push(refusal),
      ended: (association) => void told.ended.push(association),
      storageFailed: (fault) => void told.faults.push(fault),
    },
    ...options,
  });
  return Object.assign(inside, {
    ...{ server, root, told },
    files: async () => (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.dcm') || name.endsWith('.part')).sort(),
    async close() {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  });
}

/** A peer that sends what bytes it likes. */
export interface RawPeer {
  readonly socket: Socket;
  /** All it has received. */
  readonly received: () => Buffer;
  readonly closed: Promise<void>;
  send(bytes: Buffer): void;
  /** Waits for a whole PDU and takes it; null when the connection closes first. */
  next(): Promise<Buffer | null>;
}

export function rawPeer(port: number, localAddress = '127.0.0.1'): RawPeer {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  let buffer = Buffer.alloc(0);
  let open = true;
  let wake = () => undefined as void;
  socket.on('data', (bytes: Buffer) => {
    buffer = Buffer.concat([buffer, bytes]);
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      open = false;
      resolve();
      wake();
    });
  });
  return {
    ...{ socket, closed, received: () => buffer },
    send: (bytes) => void (socket.writable && socket.write(bytes)),
    async next() {
      for (;;) {
        if (buffer.length >= 6 && buffer.length >= 6 + buffer.readUInt32BE(2)) {
          const whole = buffer.subarray(0, 6 + buffer.readUInt32BE(2));
          buffer = buffer.subarray(whole.length);
          return whole;
        }
        if (!open) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

export const ECHO_CONTEXT: ProposedContext = { id: 1, sopClass: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] };

export function storeContext(sopClass: string, transferSyntax = EXPLICIT_LITTLE): ProposedContext {
  return { id: 3, sopClass, transferSyntaxes: [transferSyntax] };
}

export function associate(contexts: readonly ProposedContext[] = [ECHO_CONTEXT], callingAeTitle = 'PEER', calledAeTitle = 'VIGIE'): Buffer {
  return writeAssociateRequest({ callingAeTitle, calledAeTitle, contexts, maxPduLength: 16_384 });
}

export const RELEASE = pdu(PDU.releaseRq, Buffer.alloc(4));

/** A C-ECHO-RQ or C-STORE-RQ as P-DATA-TF. */
export function commandData(contextId: number, command: Buffer): Buffer {
  return writeData(contextId, true, true, command);
}
