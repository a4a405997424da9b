import dimse, { type Association } from 'dcmjs-dimse';
import type { AssociateRequest } from './pdu.ts';
import { STORAGE_SOP_CLASSES } from './sop-classes.ts';
import { VERIFICATION } from './uids.ts';

const { Accept, RejectAbstractSyntaxNotSupported, RejectTransferSyntaxesNotSupported } = dimse.constants.PresentationContextResult;

/** What was agreed for a presentation context. */
export interface AcceptedContext {
  readonly sopClass: string;
  readonly transferSyntaxUid: string;
}

/**
 * Answers the proposed contexts: verification and storage are accepted, in the first transfer syntax offered, whatever it is: objects are
 * kept as they come and never decoded, so none is beyond us, and the sender's first choice is the one it holds them in.
 *
 * @returns what was accepted, by the number of the context.
 */
export function negotiate(
  association: Association,
  request: AssociateRequest,
  extraSopClasses: readonly string[],
): ReadonlyMap<number, AcceptedContext> {
  const accepted = new Map<number, AcceptedContext>();
  for (const { id, context } of association.getPresentationContexts()) {
    const proposed = request.contexts.find((one) => one.id === id);
    const sopClass = proposed?.sopClass ?? '';
    const first = proposed?.transferSyntaxes[0];
    const isKnown = sopClass === VERIFICATION || STORAGE_SOP_CLASSES.has(sopClass) || extraSopClasses.includes(sopClass);
    if (!isKnown || sopClass === '') context.setResult(RejectAbstractSyntaxNotSupported);
    else if (first === undefined) context.setResult(RejectTransferSyntaxesNotSupported);
    else {
      context.setResult(Accept, first);
      accepted.set(id, { sopClass, transferSyntaxUid: first });
    }
  }
  return accepted;
}
