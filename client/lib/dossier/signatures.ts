import type { Dossier, Signature } from '#shared/dossiers/schemas.ts';
import { SIGNED_ITEMS, type SignedItem } from '#shared/dossiers/statuses.ts';

/** Letters and digits that cannot be taken for one another when read aloud (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;
const BITS = 5n;

/** A short code of a hash, as `7F2K-91QD`: its first 40 bits, to compare two papers by eye. */
export function shortCode(hash: string): string {
  const bits = BigInt(`0x${hash.slice(0, 10)}`);
  const letters = Array.from(
    { length: CODE_LENGTH },
    (_, place) => ALPHABET[Number((bits >> (BITS * BigInt(CODE_LENGTH - 1 - place))) & 31n)] ?? '',
  );
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** The state in which a signed act stands now. */
export type SignatureState = 'valid' | 'broken' | 'revoked' | 'missing';

export interface SignatureLine {
  item: SignedItem;
  state: SignatureState;
  last: Signature | undefined;
  /** Earlier ones of the same act, newest first. */
  earlier: Signature[];
}

/** One line per signed act: its last signature decides, the earlier ones stay to be read. */
export function signatureLines(signatures: readonly Signature[]): SignatureLine[] {
  return SIGNED_ITEMS.map((item) => {
    const all = signatures.filter((signature) => signature.item === item).toReversed();
    const last = all.find((signature) => signature.ended === null) ?? all[0];
    return { item, last, earlier: all.filter((one) => one !== last), state: stateOf(last) };
  });
}

/** The valid signatures that a change of the prescription or of the plan breaks: those that cover it. Source: `dossiers.md`, "Items". */
export function brokenBy(dossier: Pick<Dossier, 'signatures'>, part: 'prescription' | 'plan'): Signature[] {
  const own: SignedItem = part === 'prescription' ? 'prescription_signed' : 'qa_dosimetrie';
  return dossier.signatures.filter((one) => one.ended === null && (one.item === own || one.item === 'signature_oncologue'));
}

function stateOf(signature: Signature | undefined): SignatureState {
  if (!signature) return 'missing';
  if (signature.ended === null) return 'valid';
  return signature.ended.why === 'broken' ? 'broken' : 'revoked';
}
