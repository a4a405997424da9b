import { unmetFor, type Unmet } from '#shared/dossiers/workflow.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import type { Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { inWords } from '#shared/messages/sentences.ts';
import type { ErrorCode } from '#shared/messages/words.ts';
import type { Role } from '#shared/roles.ts';
import type { LightColour } from '#shared/qa/schemas.ts';
import { machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Forbidden, RuleBroken } from '#server/platform/errors.ts';
import type { ActRow, DossierRow } from './model.ts';
import { clearanceOf, doneItems } from './present.ts';

/** The role that acts; acts on dossiers are for persons. */
export function roleOf(ctx: Context): Role {
  if (ctx.actor.role === null) throw new Forbidden();
  return ctx.actor.role;
}

/** Who acts, as it is written down. */
export function actOf(ctx: Context): ActRow {
  return { by: ctx.actor.name, byId: ctx.actor.id, role: ctx.actor.role, at: ctx.now() };
}

/** Refuses with every unmet condition in words; does nothing when there is none. */
export function refuseUnless(ctx: Context, code: ErrorCode, unmet: readonly Unmet[]): void {
  if (unmet.length > 0) throw new RuleBroken(code, inWords(unmet, wordsOf(ctx.locale), machineName));
}

/** Every condition that a move of this dossier does not meet. */
export function unmetForMove(
  ctx: Context,
  workflow: Workflow,
  row: DossierRow,
  move: { target: Status; light: LightColour; comment: string | undefined },
): Unmet[] {
  return unmetFor(workflow, move.target, {
    status: row.status,
    done: doneItems(row, move.light),
    clearance: clearanceOf(row),
    light: move.light,
    role: roleOf(ctx),
    hasComment: hasWords(move.comment),
  });
}

/** Whether a text has at least one visible character. */
export function hasWords(text: string | undefined): text is string {
  return text !== undefined && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}
