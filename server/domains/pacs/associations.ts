import { Types } from 'mongoose';
import type {
  EndedAssociation,
  AssociationProgress,
  OpenedAssociation,
  Refusal,
  RefusalReason,
  StorageFault,
} from '#server/platform/dicom/observer.ts';
import type { ReceivedInstance } from '#server/platform/dicom/storage.ts';
import type { AssociationRow } from './monitor-model.ts';
import { createRates, type Rates } from './rates.ts';

/** An association that runs, as this process holds it. */
export interface Running {
  row: AssociationRow;
  rates: Rates;
  /** The study of the last object that was stored. */
  study: string | null;
}

/** The reasons of the library of associations as codes of the contract. */
const REFUSED: Readonly<Record<RefusalReason, string>> = {
  'calling AE not recognised': 'calling-ae-unknown',
  'called AE not recognised': 'called-ae-unknown',
  'application context not supported': 'protocol',
  'local limit exceeded': 'limit',
  'temporary congestion': 'limit',
  refused: 'rejected',
  'connection limit': 'limit',
  'connection limit of the address': 'limit',
  silent: 'timeout',
  'protocol error': 'protocol',
  'TLS failed': 'tls-required',
};

const ENDED: Readonly<Record<EndedAssociation['reason'], string | null>> = {
  released: null,
  'aborted by peer': 'aborted-by-peer',
  'aborted by us': 'aborted-here',
  'connection lost': 'connection-lost',
  'protocol error': 'protocol',
  timeout: 'timeout',
  'shutting down': 'stopped',
};

/** Faults of our own storage as codes of the contract. */
export const STORAGE_FAULTS: Readonly<Record<StorageFault['kind'], string>> = {
  'disk full': 'disk-full',
  'read-only': 'read-only',
  'disk error': 'disk-error',
  index: 'database-away',
};

/** What the last answer of a failed association says. Source: PS3.7 annex C, PS3.4 table B.2-1. */
function reasonOfStatus(status: number | null): string | null {
  if (status === 0x0124) return 'no-right';
  if (status === 0x0122) return 'sop-class';
  if (status !== null && status >> 12 === 0xc) return 'not-understood';
  return null;
}

/** A new association of the monitor. */
export function runningOf(opened: OpenedAssociation, peer: string | null, simultaneous: number): Running {
  const { host, port } = addressOf(opened.address);
  return {
    rates: createRates(),
    study: null,
    row: {
      _id: new Types.ObjectId(),
      service: opened.service,
      action: null,
      callingAeTitle: opened.callingAeTitle,
      calledAeTitle: opened.calledAeTitle,
      address: host,
      port,
      peer,
      startedAt: opened.startedAt,
      endedAt: null,
      updatedAt: opened.startedAt,
      messages: 0,
      bytes: 0,
      messagesPerSecond: 0,
      bytesPerSecond: 0,
      recent: [],
      simultaneous,
      studyUid: null,
      seriesUid: null,
      instanceUid: null,
      modality: null,
      seriesNumber: null,
      seriesDescription: null,
      status: 'pending',
      statusCode: '0xFF00',
      reason: null,
      rejection: null,
      failures: 0,
      note: null,
      failed: false,
    },
  };
}

/** Takes over how far an association is; what came since is the return value. */
export function progressed({ row, rates }: Running, progress: AssociationProgress, now: Date): { messages: number; bytes: number } {
  const grown = { messages: Math.max(0, progress.messages - row.messages), bytes: Math.max(0, progress.bytes - row.bytes) };
  rates.add(now, grown.messages, grown.bytes);
  Object.assign(row, {
    action: progress.action ?? row.action,
    messages: progress.messages,
    bytes: progress.bytes,
    updatedAt: progress.lastByteAt,
    studyUid: progress.studyInstanceUid ?? row.studyUid,
    seriesUid: progress.seriesInstanceUid ?? row.seriesUid,
    instanceUid: progress.sopInstanceUid ?? row.instanceUid,
    failures: progress.failed,
  } satisfies Partial<AssociationRow>);
  return grown;
}

/** Takes over what the object in progress is. */
export function carries(
  { row }: Running,
  { header: { values }, studyInstanceUid, seriesInstanceUid, sopInstanceUid }: ReceivedInstance,
): void {
  const number = Number.parseInt(values.SeriesNumber ?? '', 10);
  Object.assign(row, {
    studyUid: studyInstanceUid,
    seriesUid: seriesInstanceUid,
    instanceUid: sopInstanceUid,
    modality: values.Modality ?? null,
    seriesNumber: Number.isSafeInteger(number) ? number : null,
    seriesDescription: values.SeriesDescription ?? null,
  } satisfies Partial<AssociationRow>);
}

/** The association as it is written at its end. `aborted`: an administrator asked for it. */
export function endedRow({ row }: Running, ended: EndedAssociation, aborted: boolean): AssociationRow {
  const seconds = Math.max(0.001, (ended.endedAt.getTime() - row.startedAt.getTime()) / 1000);
  const released = ended.reason === 'released';
  return {
    ...row,
    endedAt: ended.endedAt,
    updatedAt: ended.endedAt,
    recent: [],
    messagesPerSecond: Math.round((10 * row.messages) / seconds) / 10,
    bytesPerSecond: Math.round(row.bytes / seconds),
    status: statusOf(released, row.failures),
    // The seed's one code for what ended otherwise than in order is 0xA801; a failed command shows its own.
    statusCode: released ? codeOf(row.failures > 0 ? (ended.lastStatus ?? 0) : 0) : '0xA801',
    reason: aborted
      ? 'aborted-by-admin'
      : (ENDED[ended.reason] ?? row.reason ?? reasonOfStatus(row.failures > 0 ? ended.lastStatus : null)),
    failed: !released || row.failures > 0,
  };
}

/** A refused call as a line of the history. */
export function refusedRow(refusal: Refusal, peer: string | null, simultaneous: number): AssociationRow {
  const { host, port } = addressOf(refusal.address);
  const { row } = runningOf(
    {
      id: '',
      service: 'SCP',
      callingAeTitle: refusal.callingAeTitle ?? '',
      calledAeTitle: refusal.calledAeTitle ?? '',
      address: host,
      tls: false,
      startedAt: refusal.at,
    },
    peer,
    simultaneous,
  );
  return {
    ...row,
    port,
    endedAt: refusal.at,
    status: 'rejected',
    statusCode: null,
    reason: refusalCode(refusal),
    rejection: rejectionOf(refusal),
    failed: true,
  };
}

/** Why a call was refused, as a code: the white list's own word, or what the library says. */
export function refusalCode({ reason, detail }: Refusal): string {
  return /^[a-z]+(-[a-z]+)+$/.test(detail) || detail === 'address' ? detail : REFUSED[reason];
}

/** `result-source-reason` of the A-ASSOCIATE-RJ. */
export function rejectionOf({ rejection }: Refusal): string | null {
  return rejection && `${rejection.result}-${rejection.source}-${rejection.reason}`;
}

/** A DICOM status as it is written, as `0xA700`. */
export function codeOf(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Address and port of `10.0.0.7:104`, `[::1]:104` or an address alone; IPv4 in IPv6 as IPv4. */
export function addressOf(address: string): { host: string; port: number | null } {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(address) ?? [];
  const host = (bracketed ?? plain ?? address).replace(/^::ffff:(?=\d+\.)/, '');
  return { host, port: port === undefined ? null : Number(port) };
}

function statusOf(released: boolean, failures: number): AssociationRow['status'] {
  if (!released) return 'aborted';
  return failures > 0 ? 'failed' : 'completed';
}
