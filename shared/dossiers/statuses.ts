/** The nine statuses, in the order of the path. The codes are fixed; transitions, roles and items are data. Source: `dossiers.md`. */
export const STATUSES = [
  'A_PREPARER',
  'PRESCRIPTION_VALIDEE',
  'CONTOURS_VALIDES',
  'PLAN_EN_REVUE',
  'A_REPRENDRE_CONTOURAGE',
  'PLAN_VALIDE',
  'PRET_POUR_TRAITEMENT',
  'EN_TRAITEMENT',
  'CLOTURE',
] as const;
export type Status = (typeof STATUSES)[number];

/** The statuses of the way forward, in order: À reprendre contourage is a detour, not a step. */
export const PATH: readonly Status[] = STATUSES.filter((status) => status !== 'A_REPRENDRE_CONTOURAGE');

export const ITEMS = [
  'identity_validated',
  'exams_imported',
  'prescription_signed',
  'contours_locked',
  'constraints_documented',
  'independent_check',
  'qa_dosimetrie',
  'signature_oncologue',
  'qa_machine_jour',
  'sessions_completed',
  'final_report',
  'adverse_effects',
  'dosimetric_comparison',
] as const;
export type ItemCode = (typeof ITEMS)[number];

export const SIGNED_ITEMS = ['prescription_signed', 'qa_dosimetrie', 'signature_oncologue'] as const;
export type SignedItem = (typeof SIGNED_ITEMS)[number];

/** Whether an item is a signed act. */
export function isSigned(code: ItemCode): code is SignedItem {
  return SIGNED_ITEMS.some((signed) => signed === code);
}

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
