import { readFile } from 'node:fs/promises';
import { COMMAND, type CommandSet } from './command-set.ts';
import { readFileMeta, type FileMeta } from './file.ts';
import { LinkFault, openLink, type Link, type LinkContext, type Peer } from './link.ts';
import { IMPLICIT_LITTLE, VERIFICATION } from './uids.ts';

export type { Peer } from './link.ts';

export interface EchoResult {
  readonly ok: boolean;
  readonly durationMs: number;
  /** What went wrong: `connection refused`, `timed out`, `aborted`, `rejected: called AE title not recognised`, `status 0x0124`… */
  readonly cause?: string;
}

/** Asks a peer for an answer (C-ECHO). Never throws. */
export async function echo(peer: Peer): Promise<EchoResult> {
  const began = performance.now();
  const result = (cause?: string): EchoResult => ({
    ...{ ok: cause === undefined, durationMs: Math.round(performance.now() - began) },
    ...(cause === undefined ? {} : { cause }),
  });
  try {
    const link = await openLink({ responseMs: peer.timeoutMs ?? 5000, ...peer }, [
      { id: 1, sopClass: VERIFICATION, transferSyntaxUid: IMPLICIT_LITTLE },
    ]);
    const [context] = link.contexts;
    if (!context) {
      await link.release();
      return result('presentation context not accepted');
    }
    link.counts.action = 'CECHO';
    const answer = await link.request(context, command(COMMAND.cEchoRq, 1, VERIFICATION, ''), null);
    await link.release();
    return result(answer.status === 0 ? undefined : statusText(answer.status));
  } catch (error) {
    return result(causeOf(error));
  }
}

export interface StoreResult {
  /** Whether every object was taken. */
  readonly ok: boolean;
  readonly sent: number;
  readonly failed: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Why the association was not had, or broke. */
  readonly cause?: string;
  /** How many answers had which status, as `0x0000`; what could not be sent counts as `not sent`. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface StoreOptions {
  /** Pairs of SOP class and transfer syntax to propose; without it the first file's alone, and others are `not sent`. */
  readonly contexts?: readonly { readonly sopClass: string; readonly transferSyntaxUid: string }[];
  /** After each answer. */
  readonly onAnswer?: (sent: number, status: number) => void;
  readonly signal?: AbortSignal;
}

type Source = string | Uint8Array;

/**
 * Sends DICOM files, or their bytes, over one association, one after another, each as it is. Never throws; a file that is none counts as
 * `not sent`.
 */
export async function store(peer: Peer, files: AsyncIterable<Source> | Iterable<Source>, options: StoreOptions = {}): Promise<StoreResult> {
  const began = performance.now();
  const sending: Sending = { peer, options, link: null, statuses: {} };
  let cause: string | undefined;
  try {
    for await (const source of files) {
      await sendSource(sending, source);
      if (options.signal?.aborted) throw new LinkFault('aborted by us');
    }
    await sending.link?.release();
  } catch (error) {
    cause = causeOf(error);
    sending.link?.abort(cause);
  }
  return summary(sending, cause, Math.round(performance.now() - began));
}

interface Sending {
  readonly peer: Peer;
  readonly options: StoreOptions;
  link: Link | null;
  readonly statuses: Record<string, number>;
}

async function sendSource(sending: Sending, source: Source): Promise<void> {
  const { peer, options, statuses } = sending;
  const object = await load(source);
  sending.link ??= await openLink(peer, contextsOf(object?.meta, options));
  const status = object && (await sendOne(sending.link, object));
  const key = status === null ? 'not sent' : hex(status);
  statuses[key] = (statuses[key] ?? 0) + 1;
  if (status !== null) options.onAnswer?.(sending.link.counts.messages, status);
}

interface Loaded {
  readonly meta: FileMeta;
  readonly dataset: Buffer;
}

async function load(source: Source): Promise<Loaded | null> {
  const bytes = typeof source === 'string' ? await readFile(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const meta = readFileMeta(bytes);
  return meta && { meta, dataset: bytes.subarray(meta.datasetAt) };
}

function contextsOf(first: FileMeta | undefined, options: StoreOptions): LinkContext[] {
  const pairs = options.contexts ?? (first ? [{ sopClass: first.sopClassUid, transferSyntaxUid: first.transferSyntaxUid }] : []);
  return pairs.slice(0, 128).map((pair, index) => ({ id: index * 2 + 1, ...pair }));
}

async function sendOne(link: Link, { meta, dataset }: Loaded): Promise<number | null> {
  const context = link.contexts.find((one) => one.sopClass === meta.sopClassUid && one.transferSyntaxUid === meta.transferSyntaxUid);
  if (!context) return null;
  link.counts.action = 'CSTORE';
  link.sop = meta.sopInstanceUid;
  const messageId = (link.counts.messages % 0xffff) + 1;
  const answer = await link.request(context, command(COMMAND.cStoreRq, messageId, meta.sopClassUid, meta.sopInstanceUid), dataset);
  return answer.status ?? 0xc000;
}

function summary({ link, statuses }: Sending, cause: string | undefined, durationMs: number): StoreResult {
  const sent = link?.counts.succeeded ?? 0;
  const failed = Object.values(statuses).reduce((total, count) => total + count, 0) - sent;
  return {
    ...{ ok: cause === undefined && failed === 0, sent, failed, bytes: link?.counts.bytes ?? 0, durationMs, statuses },
    ...(cause === undefined ? {} : { cause }),
  };
}

function command(commandField: number, messageId: number, sopClass: string, sopInstance: string): CommandSet {
  return {
    ...{ commandField, messageId, affectedSopClassUid: sopClass, affectedSopInstanceUid: sopInstance, status: null, errorComment: '' },
    hasDataSet: commandField === COMMAND.cStoreRq,
  };
}

function causeOf(error: unknown): string {
  return error instanceof LinkFault ? error.message : 'a file could not be read';
}

function statusText(status: number | null): string {
  return `status ${hex(status ?? 0xc000)}`;
}

function hex(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;
}
