import { createHash, type Hash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { INCOMING, identify, placeOf, settle, type Archive, type Content, type Durable } from './archive.ts';
import { diskFault, type DiskFault } from './disk.ts';
import { readHeader, writeFileMeta } from './file.ts';
import { createHeaderReader, type DicomHeader, type HeaderReader } from './header.ts';
import { writeMark } from './mark.ts';
import type { StoreOutcome } from './storage.ts';
import { errorCode } from './text.ts';
import { DEFLATED_SYNTAXES } from './uids.ts';

export const STATUS = {
  success: 0x0000,
  notAuthorised: 0x0124,
  sopClassNotSupported: 0x0122,
  outOfResources: 0xa700,
  dataSetMismatch: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

/** What a C-STORE says about its object. */
export interface Announced {
  readonly associationId: string;
  readonly callingAeTitle: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
}

/** How the reception of an object ended. `comment` is for the sender: no value of the object stands in it. */
export interface Reception {
  readonly status: number;
  readonly comment: string | null;
  readonly outcome: StoreOutcome['kind'] | 'refused';
  readonly fault: DiskFault | 'index' | null;
  /** Code or name of the error, for the log: messages may hold UIDs. */
  readonly cause: string | null;
  readonly header: DicomHeader | null;
}

/** Receives one object. */
export interface Incoming {
  /** Takes bytes, which may be used again after the call. Not while full. */
  write(bytes: Buffer): void;
  /** Whether the buffer has no room for another PDU: nothing may be written until `flush` is done. */
  readonly isFull: boolean;
  /** Gives the disk what has come. Never throws: `finish` tells. */
  flush(): Promise<void>;
  /** All bytes have come: store, index, and say how to answer. Never throws. */
  finish(): Promise<Reception>;
  /** The peer is gone in the middle: nothing is left behind. */
  discard(): Promise<void>;
}

/**
 * Room for a CT image, its header and one PDU more: such an object is written at once, longer ones in pieces. Bytes are copied here out of the
 * socket's own buffers, which then die young: held until the disk had them, they cost more in garbage collection than all else together.
 */
const BUFFER_BYTES = 786_432;
const SPARE_BUFFERS = 8;
const spare: Room[] = [];

/** A buffer that the threads which write can see too. */
type Room = Buffer<SharedArrayBuffer>;

interface Receiving {
  readonly archive: Archive;
  readonly announced: Announced;
  /** Its name in `incoming/`. */
  file: string;
  readonly startedAt: Date;
  readonly hash: Hash;
  readonly reader: HeaderReader | null;
  readonly metaBytes: number;
  /** Null once all is written, or thrown away. */
  buffer: Room | null;
  used: number;
  datasetBytes: number;
  handle: FileHandle | null;
  written: Promise<void>;
  error: unknown;
}

/** Begins to receive an object. Nothing touches the disk before the buffer is full or the object is whole. */
export function receive(archive: Archive, announced: Announced, id: string, startedAt: Date): Incoming {
  const meta = writeFileMeta({ ...announced, sourceAeTitle: announced.callingAeTitle });
  const buffer = spare.pop() ?? Buffer.from(new SharedArrayBuffer(BUFFER_BYTES));
  const receiving: Receiving = {
    ...{ archive, announced, startedAt, file: join(archive.sink.root, INCOMING, `${id}.part`), hash: createHash('sha256'), buffer },
    reader: DEFLATED_SYNTAXES.has(announced.transferSyntaxUid) ? null : createHeaderReader(announced.transferSyntaxUid),
    ...{ metaBytes: meta.length, used: meta.copy(buffer), datasetBytes: 0, handle: null, written: Promise.resolve(), error: null },
  };
  return {
    write: (bytes) => take(receiving, bytes),
    get isFull() {
      return receiving.used > BUFFER_BYTES - archive.pduBytes;
    },
    flush: () => flush(receiving),
    finish: () => finish(receiving),
    discard: () => discard(receiving),
  };
}

function take(receiving: Receiving, bytes: Buffer): void {
  if (receiving.error !== null || !receiving.buffer) return; // the rest is read and thrown away: the answer says why
  receiving.hash.update(bytes);
  receiving.reader?.push(bytes);
  receiving.datasetBytes += bytes.length;
  receiving.used += bytes.copy(receiving.buffer, receiving.used);
}

function flush(receiving: Receiving): Promise<void> {
  receiving.written = receiving.written.then(async () => {
    const { buffer, used } = receiving;
    if (receiving.error !== null || !buffer) return;
    try {
      receiving.handle ??= await open(receiving.file, 'wx', 0o640);
      // Writes until all is taken: when the disk fills, the first write may take a part and the next one says why.
      for (let at = 0; at < used;) at += (await receiving.handle.write(buffer, at, used - at)).bytesWritten;
      receiving.used = 0;
    } catch (error) {
      receiving.error = error;
      receiving.used = 0;
    }
  });
  return receiving.written;
}

function giveBack(receiving: Receiving): void {
  if (receiving.buffer && spare.length < SPARE_BUFFERS) spare.push(receiving.buffer);
  receiving.buffer = null;
}

async function finish(receiving: Receiving): Promise<Reception> {
  let header: DicomHeader | null = null;
  try {
    const early = receiving.reader?.finish() ?? null;
    const refusal = early && refusalOf(receiving, early);
    if (refusal) return await refuse(receiving, refusal, early);
    const content = early && contentOf(receiving);
    if (!content) await sync(receiving);
    header = early ?? (await readHeader(receiving.file));
    const late = early ? null : refusalOf(receiving, header);
    if (late) return await refuse(receiving, late, header);
    const outcome = await settle(receiving.archive, durableOf(receiving, header, content !== null), content);
    await discard(receiving);
    return answerTo(outcome, header);
  } catch (error) {
    await discard(receiving);
    return failure(error, header);
  }
}

/** An object that is still in memory as a whole; null when a part of it lies on the disk already. */
function contentOf({ handle, error, buffer, used, metaBytes, datasetBytes }: Receiving): Content | null {
  if (handle || error !== null || !buffer || used !== metaBytes + datasetBytes) return null;
  return { memory: buffer.buffer, used };
}

async function sync(receiving: Receiving): Promise<void> {
  await flush(receiving);
  giveBack(receiving);
  if (receiving.error !== null) throw receiving.error; // eslint-disable-line @typescript-eslint/only-throw-error
  await receiving.handle?.datasync();
  await receiving.handle?.close();
  receiving.handle = null;
}

interface Refusal {
  readonly status: number;
  readonly comment: string;
}

function refusalOf(receiving: Receiving, header: DicomHeader): Refusal | null {
  if (receiving.datasetBytes === 0) return { status: STATUS.cannotUnderstand, comment: 'the data set is empty' };
  const identity = identify(header);
  if (typeof identity === 'string') return { status: STATUS.cannotUnderstand, comment: identity };
  // PS3.4 §B.2.3: the data set must be of the SOP class, and the instance, the command announced.
  if (identity.sopClassUid !== receiving.announced.sopClassUid) return { status: STATUS.dataSetMismatch, comment: 'SOP Class UIDs differ' };
  if (identity.sopInstanceUid !== receiving.announced.sopInstanceUid) {
    return { status: STATUS.dataSetMismatch, comment: 'SOP Instance UIDs differ' };
  }
  return null;
}

async function refuse(receiving: Receiving, refusal: Refusal, header: DicomHeader | null): Promise<Reception> {
  await discard(receiving);
  return { ...refusal, outcome: 'refused', fault: null, cause: null, header };
}

function durableOf(receiving: Receiving, header: DicomHeader, inMemory: boolean): Durable {
  const identity = identify(header);
  if (typeof identity === 'string') throw new Error(identity); // refused before
  const { archive, announced, datasetBytes, metaBytes } = receiving;
  const { associationId, callingAeTitle, transferSyntaxUid } = announced;
  const sha256 = receiving.hash.digest('hex');
  const fileBytes = datasetBytes + metaBytes;
  if (inMemory) {
    const path = placeOf(archive.sink, { header, sopInstanceUid: identity.sopInstanceUid });
    receiving.file = join(archive.sink.root, INCOMING, writeMark({ path, fileBytes, sha256 }));
  }
  return {
    ...{ file: receiving.file, header, ...identity, transferSyntaxUid, associationId, callingAeTitle },
    ...{ sha256, datasetBytes, fileBytes },
    startedAt: receiving.startedAt,
    receivedAt: new Date(),
  };
}

function failure(error: unknown, header: DicomHeader | null): Reception {
  const fault = diskFault(error) ?? 'index';
  const comment = fault === 'index' ? 'index not available' : fault;
  const cause = errorCode(error) ?? (error instanceof Error ? error.name : 'unknown');
  return { status: STATUS.outOfResources, comment, outcome: 'failed', fault, cause, header };
}

function answerTo(outcome: StoreOutcome, header: DicomHeader): Reception {
  if (outcome.kind !== 'failed') return { status: STATUS.success, comment: null, outcome: outcome.kind, fault: null, cause: null, header };
  const status = outcome.status ?? STATUS.outOfResources;
  return { status, comment: 'index not available', outcome: 'failed', fault: 'index', cause: null, header };
}

async function discard(receiving: Receiving): Promise<void> {
  await receiving.written;
  giveBack(receiving);
  await receiving.handle?.close().catch(() => undefined);
  receiving.handle = null;
  try {
    // One of its two names: done at once, it takes a fifth of what the way to another thread and back would.
    unlinkSync(receiving.file);
  } catch {
    // it was not made yet, or it is a leftover that `recover` finds
  }
}
