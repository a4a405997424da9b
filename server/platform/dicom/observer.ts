/** Direction of an association: SCP, a peer called us; SCU, we called a peer. */
export type Service = 'SCP' | 'SCU';

/** What is being done, in the words of the monitor. */
export type Action = 'CECHO' | 'CSTORE';

/** An association that was accepted and runs. */
export interface OpenedAssociation {
  /** Identifies the association in this process, and across restarts (random). */
  readonly id: string;
  readonly service: Service;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  /** Address of the peer; with its port for an SCU. */
  readonly address: string;
  readonly tls: boolean;
  readonly startedAt: Date;
}

/** Where a running association stands. The counts are totals since it opened. */
export interface AssociationProgress {
  readonly action: Action | null;
  readonly messages: number;
  /** Bytes received (SCP) or sent (SCU), PDU headers included. */
  readonly bytes: number;
  /** When the last byte passed: an association is stuck when this is 30 s ago. */
  readonly lastByteAt: Date;
  /** UIDs of the object in progress; the study and the series are known once the object has been read. */
  readonly studyInstanceUid: string | null;
  readonly seriesInstanceUid: string | null;
  readonly sopInstanceUid: string | null;
  /** Status of the last answer, null before the first one. */
  readonly lastStatus: number | null;
  /** Answers by kind: success, failure (warnings count as success). */
  readonly succeeded: number;
  readonly failed: number;
}

export type RefusalReason =
  | 'calling AE not recognised'
  | 'called AE not recognised'
  | 'application context not supported'
  | 'local limit exceeded'
  | 'temporary congestion'
  | 'refused'
  | 'connection limit'
  | 'connection limit of the address'
  | 'silent'
  | 'protocol error'
  | 'TLS failed';

/** A caller that was turned away. Titles are null when it was turned away before it said them. */
export interface Refusal {
  readonly address: string;
  readonly callingAeTitle: string | null;
  readonly calledAeTitle: string | null;
  readonly reason: RefusalReason;
  /** What A-ASSOCIATE-RJ said (PS3.8 table 9-21); null when the connection was simply closed. */
  readonly rejection: { readonly result: number; readonly source: number; readonly reason: number } | null;
  /** In words, without identity: what `admit` gave as `why`, or which rule of the protocol was broken. */
  readonly detail: string;
  readonly at: Date;
}

export type EndReason =
  'released' | 'aborted by peer' | 'aborted by us' | 'connection lost' | 'protocol error' | 'timeout' | 'shutting down';

/** An association is over. */
export interface EndedAssociation extends AssociationProgress {
  readonly id: string;
  /** 0x0000 when released in order, else 0xA801. */
  readonly status: 0x0000 | 0xa801;
  readonly reason: EndReason;
  /** What was wrong, without identity; null when released. */
  readonly detail: string | null;
  readonly endedAt: Date;
}

/** A fault of our own storage that an administrator must see. */
export interface StorageFault {
  readonly associationId: string;
  readonly callingAeTitle: string;
  /** `disk full`, `read-only`, `disk error`: the file system. `index`: `accept` threw or said failed. */
  readonly kind: 'disk full' | 'read-only' | 'disk error' | 'index';
  readonly status: number;
  readonly at: Date;
}

/**
 * Listens to every association. Calls come in order, are synchronous, and must be cheap: one at each message's begin and end and about
 * one per megabyte between them; whoever shows them live coalesces. What a listener throws is logged and ignored.
 */
export interface AssociationObserver {
  opened(association: OpenedAssociation): void;
  progress(id: string, progress: AssociationProgress): void;
  refused(refusal: Refusal): void;
  ended(association: EndedAssociation): void;
  storageFailed(fault: StorageFault): void;
}
