/** Tolerance between the total dose and fractions × dose per fraction: the contract's own rule, said while typing. */
const DOSE_AGREEMENT = 0.01;

export interface DoseAgreement {
  /** Fractions × dose per fraction, in Gy. */
  productGy: number;
  /** Deviation of the product from the total dose: 0.01 is 1 %. */
  deviation: number;
  agrees: boolean;
}

/** Whether a total dose is what its fractions make; undefined while one of the three is not there yet. */
export function doseAgreement(
  totalDoseGy: number | undefined,
  fractions: number | undefined,
  dosePerFractionGy: number | undefined,
): DoseAgreement | undefined {
  if (!totalDoseGy || !fractions || !dosePerFractionGy) return undefined;
  const productGy = fractions * dosePerFractionGy;
  const off = Math.abs(productGy - totalDoseGy);
  return { productGy, deviation: (productGy - totalDoseGy) / totalDoseGy, agrees: off <= DOSE_AGREEMENT * totalDoseGy };
}

/** A number as people type it here: `2,5` as well as `2.5`; undefined when it is none. */
export function numberFrom(text: string): number | undefined {
  const tidy = text
    .trim()
    .replace(/[\s\u00A0\u202F]/g, '')
    .replace(',', '.');
  return /^\d+(\.\d+)?$/.test(tidy) ? Number(tidy) : undefined;
}
