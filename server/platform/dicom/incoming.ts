import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { INCOMING, identify, settle, type Archive, type Durable } from './archive.ts';
import { diskFault, remove, type DiskFault } from './disk.ts';
import { readHeader, writeFileMeta } from './file.ts';
import { createHeaderReader, type DicomHeader, type HeaderReader } from './header.ts';
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
  write(bytes: Buffer): void;
  /** Bytes that have come and are not on their way to the disk's cache yet. */
  readonly waiting: number;
  /** When fewer wait again. */
  relieved(): Promise<void>;
  /** All bytes have come: store, index, and say how to answer. Never throws. */
  finish(): Promise<Reception>;
  /** The peer is gone in the middle: nothing is left behind. */
  discard(): Promise<void>;
}

/** Objects up to this size are written at once when they are whole, longer ones in pieces of it. */
const PIECE_BYTES = 1_048_576;

interface Receiving {
  readonly archive: Archive;
  readonly announced: Announced;
  readonly file: string;
  readonly startedAt: Date;
  readonly hash: Hash;
  readonly reader: HeaderReader | null;
  readonly meta: Buffer;
  pieces: Buffer[];
  pieceBytes: number;
  /** Bytes given to the disk and not taken yet. */
  writing: number;
  datasetBytes: number;
  handle: FileHandle | null;
  written: Promise<void>;
  error: unknown;
  discarded: boolean;
}

/** Begins to receive an object. Nothing touches the disk before a megabyte, or the whole object, is there. */
export function receive(archive: Archive, announced: Announced, id: string, startedAt: Date): Incoming {
  const meta = writeFileMeta({ ...announced, sourceAeTitle: announced.callingAeTitle });
  const receiving: Receiving = {
    ...{ archive, announced, startedAt, meta, file: join(archive.sink.root, INCOMING, `${id}.part`), hash: createHash('sha256') },
    reader: DEFLATED_SYNTAXES.has(announced.transferSyntaxUid) ? null : createHeaderReader(announced.transferSyntaxUid),
    ...{
      pieces: [meta],
      pieceBytes: 0,
      writing: 0,
      datasetBytes: 0,
      handle: null,
      written: Promise.resolve(),
      error: null,
      discarded: false,
    },
  };
  return {
    write: (bytes) => take(receiving, bytes),
    get waiting() {
      return receiving.writing;
    },
    relieved: () => receiving.written,
    finish: () => finish(receiving),
    discard: () => discard(receiving),
  };
}

function take(receiving: Receiving, bytes: Buffer): void {
  if (receiving.error !== null) return; // the rest is read and thrown away: the answer says why
  receiving.hash.update(bytes);
  receiving.reader?.push(bytes);
  receiving.datasetBytes += bytes.length;
  receiving.pieces.push(bytes);
  receiving.pieceBytes += bytes.length;
  if (receiving.pieceBytes >= PIECE_BYTES) flush(receiving);
}

function flush(receiving: Receiving): void {
  const pieces = receiving.pieces;
  const bytes = receiving.pieceBytes;
  receiving.pieces = [];
  receiving.pieceBytes = 0;
  receiving.writing += bytes;
  receiving.written = receiving.written.then(async () => {
    try {
      if (receiving.error === null && !receiving.discarded) await writeAll(receiving, pieces);
    } catch (error) {
      receiving.error = error;
    }
    receiving.writing -= bytes;
  });
}

async function writeAll(receiving: Receiving, pieces: readonly Buffer[]): Promise<void> {
  receiving.handle ??= await open(receiving.file, 'wx', 0o640);
  let total = 0;
  for (const piece of pieces) total += piece.length;
  const { bytesWritten } = await receiving.handle.writev(pieces);
  if (bytesWritten === total) return;
  // A short write: the disk is nearly full. Writing the rest says so.
  const rest = Buffer.concat(pieces).subarray(bytesWritten);
  await receiving.handle.writeFile(rest);
}

async function finish(receiving: Receiving): Promise<Reception> {
  let header: DicomHeader | null = null;
  try {
    const early = receiving.reader?.finish() ?? null;
    const refusal = early && refusalOf(receiving, early);
    if (refusal) return await refuse(receiving, refusal, early);
    await sync(receiving);
    header = early ?? (await readHeader(receiving.file));
    const late = early ? null : refusalOf(receiving, header);
    if (late) return await refuse(receiving, late, header);
    const outcome = await settle(receiving.archive, durableOf(receiving, header));
    await discard(receiving);
    return answerTo(outcome, header);
  } catch (error) {
    await discard(receiving);
    return failure(error, header);
  }
}

async function sync(receiving: Receiving): Promise<void> {
  flush(receiving);
  await receiving.written;
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

function durableOf(receiving: Receiving, header: DicomHeader): Durable {
  const identity = identify(header);
  if (typeof identity === 'string') throw new Error(identity); // refused before
  const { associationId, callingAeTitle, transferSyntaxUid } = receiving.announced;
  return {
    ...{ file: receiving.file, header, ...identity, transferSyntaxUid, associationId, callingAeTitle },
    sha256: receiving.hash.digest('hex'),
    datasetBytes: receiving.datasetBytes,
    fileBytes: receiving.datasetBytes + receiving.meta.length,
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
  receiving.discarded = true;
  receiving.pieces = [];
  await receiving.written;
  await receiving.handle?.close().catch(() => undefined);
  receiving.handle = null;
  await remove(receiving.file).catch(() => undefined); // a leftover is found by `recover`
}
