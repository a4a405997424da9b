import type { DicomHeader } from './header.ts';

/** An object that lies on the disk, whole and synced, and waits to be indexed. All its text is bounded. */
export interface ReceivedInstance {
  /** Relative to the root of the archive, with `/`: where the object lies now, and stays when the outcome is `stored`. */
  readonly path: string;
  /** Relative to the root: where the object will lie when the outcome is `conflict`. Unique to this content. */
  readonly conflictPath: string;
  readonly header: DicomHeader;
  /** Always valid and never longer than 64 characters: digits and dots. Equal to those of the header. */
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Of the data set's bytes as received, without our file meta information: the same object from two senders has one checksum. */
  readonly sha256: string;
  /** Of the data set alone. */
  readonly datasetBytes: number;
  /** Of the file: preamble, file meta information and data set. */
  readonly fileBytes: number;
  /** Null and empty for objects found by `recover`. */
  readonly associationId: string | null;
  readonly callingAeTitle: string;
  readonly startedAt: Date;
  readonly receivedAt: Date;
}

/**
 * What the index made of an object.
 * - `stored`: indexed under `path`. Answer 0x0000.
 * - `same`: this content is already there, at `path`; our copy is removed unless that is where it lies. 0x0000.
 * - `conflict`: other content is there under this SOP Instance UID; the file is moved to `conflictPath`. Answer 0x0000: the bytes are safe
 *   and a human decides. (0xB000 "coercion" would be untrue, and a failure makes modalities send the object for ever.)
 * - `failed`: not indexed (the database is away). The file is removed and the peer is told 0xA700 (default) or 0xC000, to send again.
 */
export type StoreOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'same'; readonly path?: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly status?: 0xa700 | 0xc000 };

/** What storing asks of the domain. */
export interface StorageSink {
  /** Absolute path of the archive. `incoming/` and `conflicts/` in it are ours. */
  readonly root: string;
  /** Folder of an object, relative to the root, built from its UIDs (`uidFolder` does it). Must not begin with `incoming` or `conflicts`. */
  folderFor(header: DicomHeader): string;
  /**
   * Indexes an object. Called after it is durable, before the answer is sent; must not return before the index survives a crash. May be
   * called twice for one object (after a crash): must be idempotent by `sopInstanceUid` and `sha256`. A throw counts as `failed`.
   */
  accept(instance: ReceivedInstance): Promise<StoreOutcome>;
  /**
   * The same while the object is still being made durable, when its file will lie at `path`: the index may be written meanwhile, but nothing may be
   * told or counted before `durable` is fulfilled. When it is rejected, the index must forget the object, and this must reject too.
   * A crash may leave a row whose file is not there: the domain must remove it at the next start.
   */
  acceptEarly?(instance: ReceivedInstance, durable: Promise<void>): Promise<StoreOutcome>;
}
