import type { Light } from '#shared/qa/schemas.ts';
import type { LightRow } from './model.ts';

/** A light as the contract has it. */
export function presentLight({ machine, light, reasons, asOf, until, by }: LightRow): Light {
  return { machine, light, reasons, asOf: asOf.toISOString(), until: until.toISOString(), by };
}
