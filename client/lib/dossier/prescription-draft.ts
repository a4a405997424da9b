import { PrescriptionFields, type Dossier } from '#shared/dossiers/schemas.ts';
import { numberFrom } from './dose.ts';
import { faultsIn, type Faults } from './faults.ts';

export const INTENTS = ['curative', 'palliative', 'benign'] as const;
export const LATERALITIES = ['none', 'left', 'right', 'bilateral'] as const;
export const UNITS = ['Gy', '%', 'cm3'] as const;

/** A prescription as it is typed: figures are texts until they are read. */
export interface PrescriptionDraft {
  intent: (typeof INTENTS)[number];
  site: string;
  laterality: (typeof LATERALITIES)[number];
  protocol: string;
  technique: string;
  totalDoseGy: string;
  fractions: string;
  dosePerFractionGy: string;
  constraints: ConstraintDraft[];
  orderDocument: string;
  plannedStart: string;
}

export interface ConstraintDraft {
  organ: string;
  metric: string;
  limit: string;
  unit: (typeof UNITS)[number];
}

export const NEW_CONSTRAINT: ConstraintDraft = { organ: '', metric: '', limit: '', unit: 'Gy' };

/** The form of a dossier's prescription; `figure` writes a number as people here type it. */
export function prescriptionDraft({ prescription, protocol, pathology }: Dossier, figure: (value: number) => string): PrescriptionDraft {
  if (!prescription) {
    const figures = { totalDoseGy: '', fractions: '', dosePerFractionGy: '' };
    return {
      intent: 'curative',
      site: pathology ?? '',
      laterality: 'none',
      protocol: protocol ?? '',
      technique: '',
      ...figures,
      constraints: [],
      orderDocument: '',
      plannedStart: '',
    };
  }
  const { revision: _r, written: _w, ...fields } = prescription;
  return {
    ...fields,
    totalDoseGy: figure(fields.totalDoseGy),
    fractions: figure(fields.fractions),
    dosePerFractionGy: figure(fields.dosePerFractionGy),
    constraints: fields.constraints.map((one) => ({ ...one, limit: figure(one.limit) })),
  };
}

/** What was typed as the contract wants it, or what is wrong with it. */
export function readPrescription(draft: PrescriptionDraft): { fields: PrescriptionFields } | { faults: Faults } {
  const read = PrescriptionFields.safeParse({
    ...draft,
    totalDoseGy: numberFrom(draft.totalDoseGy),
    fractions: numberFrom(draft.fractions),
    dosePerFractionGy: numberFrom(draft.dosePerFractionGy),
    constraints: draft.constraints.map((one) => ({ ...one, limit: numberFrom(one.limit) })),
  });
  return read.success ? { fields: read.data } : { faults: faultsIn(read.error, draft) };
}
