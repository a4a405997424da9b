import dimse, { type Association } from 'dcmjs-dimse';
import { COMMAND, writeCommandSet } from './command-set.ts';
import { receive, STATUS, type Incoming, type Reception } from './incoming.ts';
import { negotiate } from './negotiate.ts';
import { writeData } from './pdu.ts';
import { REJECT, type Rejection } from './rejection.ts';
import { answered, keepUntilDone, openSession, tell, type Admission, type Serving, type Session } from './session.ts';
import { APPLICATION_CONTEXT, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, isUid, VERIFICATION } from './uids.ts';

const { Scp, Implementation, log } = dimse;

log.setLevel('silent'); // its lines may hold identity, and they are not ours
Implementation.setImplementationClassUid(IMPLEMENTATION_CLASS_UID);
Implementation.setImplementationVersion(IMPLEMENTATION_VERSION);

/** Serves one guarded connection with dcmjs-dimse, which wants a class to override. */
export class Service extends Scp implements Serving {
  readonly #session: Session;

  constructor(session: Session) {
    super(session.guard.library);
    this.#session = session;
    session.serving = this;
    this.on('networkError', () => session.guard.abort('protocol error', 'the message could not be processed'));
  }

  override associationRequested(association: Association): void {
    void this.#decide(association);
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override abort(): void {
    // the guard has ended the session
  }

  override cEchoRequest(): void {
    this.dimseStream = undefined;
    const status = echoStatus(this.#session);
    this.#answer(COMMAND.cEchoRsp, status, null);
  }

  override cStoreRequest(): void {
    this.dimseStream = undefined;
    this.#answer(COMMAND.cStoreRsp, STATUS.cannotUnderstand, 'no data set'); // those with one are answered below
  }

  /** Data sets go by the library, which would hold them in memory, or copy each of their PDUs. */
  data(bytes: Buffer): void {
    const session = this.#session;
    if (session.incoming === null && session.reception === null) this.#begin();
    session.incoming?.write(bytes);
    if (session.incoming?.isFull) holdWhileWriting(session, session.incoming);
  }

  complete(): void {
    const session = this.#session;
    const { command, contextId, guard } = session;
    if (command?.commandField === COMMAND.cStoreRq && command.hasDataSet) {
      // Not by the library, which would only call us back, at the price of parsing each command a second time.
      void this.#store().then(({ status, comment }) => {
        session.incoming = null;
        session.reception = null;
        this.#answer(COMMAND.cStoreRsp, status, comment);
      });
    } else if (command) guard.execute(command, contextId);
  }

  #begin(): void {
    const session = this.#session;
    session.incoming = beginStore(session);
    if (!session.incoming) session.reception = refusedStore(session);
  }

  async #decide(association: Association): Promise<void> {
    const session = this.#session;
    const { request } = session.guard;
    if (!request) return;
    const admission = await decide(session);
    if (session.ended) return;
    if ('refuse' in admission) {
      session.rejection = admission.refuse;
      session.why = admission.why;
      this.sendAssociationReject(admission.refuse.result, admission.refuse.source, admission.refuse.reason);
      return;
    }
    session.rights = admission.rights;
    session.contexts = negotiate(association, request, session.deps.extraSopClasses());
    openSession(session, request);
    // The library announces the smaller of the peer's length and its own, though the peer's says what IT takes: we put ours for the answer.
    association.setMaxPduLength(session.deps.limits.pduBytes);
    this.sendAssociationAccept();
    association.setMaxPduLength(request.maxPduLength);
  }

  async #store(): Promise<Reception> {
    const session = this.#session;
    const { incoming } = session;
    if (!incoming) return session.reception ?? refusedStore(session);
    session.reception = UNDECIDED; // from here on the object is whole: it is stored even when the peer leaves
    const finishing = incoming.finish();
    keepUntilDone(session, finishing);
    const reception = await finishing;
    noteReception(session, reception);
    return reception;
  }

  /** Written by us: the library's way to write a response of 200 bytes allocates and clears a megabyte. */
  #answer(commandField: number, status: number, comment: string | null): void {
    const session = this.#session;
    const { command, contextId } = session;
    if (!session.accepted || !command) return;
    const errorComment = status === STATUS.success || comment === null ? '' : comment.slice(0, 64); // LO, PS3.7 annex C
    const response = writeCommandSet({ ...command, commandField, hasDataSet: false, status, errorComment });
    answered(session, status);
    session.guard.library.write(writeData(contextId, true, true, response));
  }
}

const UNDECIDED: Reception = { status: STATUS.outOfResources, comment: null, outcome: 'failed', fault: null, cause: null, header: null };

/** Who may come in: our own limits first, then the domain. What it throws, or takes too long for, is our trouble: the peer may come again. */
async function decide(session: Session): Promise<Admission> {
  const { deps, address, guard } = session;
  const { request } = guard;
  if (!request) return { refuse: REJECT.refused, why: 'no request' };
  const refuse = refusalBefore(session, request.protocolVersion, request.applicationContext);
  if (refuse) return refuse;
  const { callingAeTitle, calledAeTitle, contexts } = request;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Admission>((resolve) => {
    timer = setTimeout(() => resolve({ refuse: REJECT.congestion, why: 'the decision took too long' }), deps.limits.admitMs);
  });
  try {
    return await Promise.race([deps.admit({ callingAeTitle, calledAeTitle, address, contexts }), late]);
  } catch (error) {
    deps.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'admission of an association failed');
    return { refuse: REJECT.congestion, why: 'the decision failed' };
  } finally {
    clearTimeout(timer);
  }
}

function refusalBefore(session: Session, version: number, applicationContext: string): { refuse: Rejection; why: string } | null {
  const { deps } = session;
  if ((version & 1) === 0) return { refuse: REJECT.protocolVersion, why: 'protocol version' };
  if (applicationContext !== APPLICATION_CONTEXT) return { refuse: REJECT.applicationContext, why: 'application context' };
  if (deps.closing()) return { refuse: REJECT.congestion, why: 'shutting down' };
  if (deps.open.size >= deps.limits.associations) return { refuse: REJECT.localLimit, why: 'too many associations' };
  return null;
}

function echoStatus(session: Session): number {
  if (session.contexts.get(session.contextId)?.sopClass !== VERIFICATION) return STATUS.sopClassNotSupported;
  return session.rights.includes('echo') ? STATUS.success : STATUS.notAuthorised;
}

/** Begins to receive an object; null when it will be refused, and its bytes are thrown away. */
function beginStore(session: Session): Incoming | null {
  const context = session.contexts.get(session.contextId);
  const { command, opened, deps } = session;
  if (!command || !opened || !context || storeRefusal(session)) return null;
  return receive(
    deps.archive,
    {
      associationId: session.id,
      callingAeTitle: opened.callingAeTitle,
      sopClassUid: context.sopClass,
      sopInstanceUid: command.affectedSopInstanceUid,
      transferSyntaxUid: context.transferSyntaxUid,
    },
    `${session.id}-${session.counts.messages}`,
    new Date(),
  );
}

/** Why a C-STORE is refused before its data set is looked at. */
function storeRefusal(session: Session): { status: number; comment: string } | null {
  const { command, rights, contexts, contextId, deps } = session;
  if (command?.commandField !== COMMAND.cStoreRq) return { status: STATUS.cannotUnderstand, comment: 'no C-STORE' };
  if (!rights.includes('store')) return { status: STATUS.notAuthorised, comment: 'not authorised' };
  const sopClass = contexts.get(contextId)?.sopClass;
  if (sopClass === VERIFICATION || sopClass !== command.affectedSopClassUid) {
    return { status: STATUS.sopClassNotSupported, comment: 'SOP class of another context' };
  }
  // Who sends and leaves at once is not slowed down by the disk: what waits for it is bounded. Associations that stay have one object each.
  if (deps.storing.size >= deps.limits.associations) return { status: STATUS.outOfResources, comment: 'too many objects are being stored' };
  if (!isUid(command.affectedSopInstanceUid)) return { status: STATUS.cannotUnderstand, comment: 'SOP Instance UID missing or invalid' };
  return null;
}

function refusedStore(session: Session): Reception {
  const refusal = storeRefusal(session) ?? { status: STATUS.cannotUnderstand, comment: 'the data set is empty' };
  return { ...refusal, outcome: 'refused', fault: null, cause: null, header: null };
}

function noteReception(session: Session, reception: Reception): void {
  const values = reception.header?.values;
  session.uids = { ...session.uids, study: values?.StudyInstanceUID ?? null, series: values?.SeriesInstanceUID ?? null };
  const { opened, deps } = session;
  if (!reception.fault || !opened) return;
  const { status, fault, cause } = reception;
  deps.log.error({ association: session.id, status, fault, cause }, 'an object could not be stored');
  const report = { associationId: session.id, callingAeTitle: opened.callingAeTitle, kind: fault, status, at: new Date() };
  tell(session.deps, (observer) => observer.storageFailed(report));
}

/** The peer waits while our disk takes what has come. */
function holdWhileWriting(session: Session, incoming: Incoming): void {
  session.guard.hold();
  void incoming.flush().then(() => session.guard.unhold());
}
