import type { Dossier, Plan, Prescription, PrescriptionFields } from '#shared/dossiers/schemas.ts';
import type { z } from 'zod';
import type { SignedItem } from '#shared/dossiers/statuses.ts';

export interface SignedPart {
  prescription: z.infer<typeof Prescription> | undefined;
  plan: z.infer<typeof Plan> | undefined;
  /** The limits beside which the plan's results are read. */
  constraints: PrescriptionFields['constraints'];
}

/** What a signature covers, to be read before signing. Source: `dossiers.md`, "Items". */
export function signedPart({ prescription, plan }: Pick<Dossier, 'prescription' | 'plan'>, item: SignedItem): SignedPart {
  return {
    prescription: item === 'qa_dosimetrie' ? undefined : (prescription ?? undefined),
    plan: item === 'prescription_signed' ? undefined : (plan ?? undefined),
    constraints: item === 'prescription_signed' ? [] : (prescription?.constraints ?? []),
  };
}

/** Whether what a signature covers exists. */
export function canBeSigned(dossier: Pick<Dossier, 'prescription' | 'plan'>, item: SignedItem): boolean {
  if (item === 'prescription_signed') return dossier.prescription !== null;
  return item === 'qa_dosimetrie' ? dossier.plan !== null : dossier.plan !== null && dossier.prescription !== null;
}
