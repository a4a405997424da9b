import type { QaAct } from '#shared/qa/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import type { ActRow } from './records-model.ts';

/** Who acts now, as it is stored. */
export function actOf(ctx: Context): ActRow {
  const { actor } = ctx;
  return { by: actor.name, byId: actor.id, role: actor.role, at: ctx.now() };
}

/** An act as the contract has it. */
export function presentAct({ by, role, at }: Pick<ActRow, 'by' | 'role' | 'at'>): QaAct {
  return { by, role, at: at.toISOString() };
}

export function presentMaybe(act: ActRow | null): QaAct | null {
  return act && presentAct(act);
}
