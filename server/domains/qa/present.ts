import type { Light } from '#shared/qa/schemas.ts';
import type { LightRow } from './model.ts';

/** A light as the contract has it. */
export function presentLight({ machine, light, reasons, why, asOf, until, by, set, silentSince, override }: LightRow): Light {
  return {
    machine,
    light,
    reasons,
    why,
    asOf: asOf.toISOString(),
    until: until.toISOString(),
    by,
    set,
    silentSince: silentSince?.toISOString() ?? null,
    override,
  };
}
