// What this program uses of its two DICOM libraries. dcmjs-dimse's own types want a net.Socket where any emitter with `write` will do
// (it sees our guard, not the socket), and dcmjs has none.

declare module 'dcmjs-dimse' {
  import type { EventEmitter } from 'node:events';

  interface Socketlike extends EventEmitter {
    setTimeout(ms: number): void;
    write(bytes: Buffer): boolean;
  }

  interface PresentationContext {
    getPresentationContextId(): number;
    getAbstractSyntaxUid(): string;
    getTransferSyntaxUids(): string[];
    getAcceptedTransferSyntaxUid(): string | undefined;
    setResult(result: number, transferSyntaxUid?: string): void;
  }

  interface Association {
    getMaxPduLength(): number;
    setMaxPduLength(bytes: number): void;
    getPresentationContexts(): { id: number; context: PresentationContext }[];
  }

  class Scp {
    constructor(socket: Socketlike, options?: { connectTimeout?: number; associationTimeout?: number; pduTimeout?: number });
    association?: Association;
    /** Private to the library, and never reset after a command without data set: the next command is then appended to the last. */
    dimseStream: unknown;
    on(event: 'networkError', listener: (error: unknown) => void): this;
    sendAssociationAccept(): void;
    sendAssociationReject(result: number, source: number, reason: number): void;
    sendAssociationReleaseResponse(): void;
    associationRequested(association: Association): void;
    associationReleaseRequested(): void;
    cEchoRequest(): void;
    cStoreRequest(): void;
    abort(source: number, reason: number): void;
  }

  const dimse: {
    Scp: typeof Scp;
    Implementation: {
      setImplementationClassUid(uid: string): void;
      setImplementationVersion(version: string): void;
      setMaxPduLength(bytes: number): void;
    };
    constants: {
      PresentationContextResult: { Accept: number; RejectAbstractSyntaxNotSupported: number; RejectTransferSyntaxesNotSupported: number };
    };
    log: { setLevel(level: 'error' | 'silent'): void };
  };
  export type { Association, Scp };
  export default dimse;
}

declare module 'dcmjs' {
  const dcmjs: {
    data: { DicomMetaDictionary: { dictionary: Readonly<Record<string, { tag: string; vr: string; name: string } | undefined>> } };
  };
  export default dcmjs;
}
