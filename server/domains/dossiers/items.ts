import type { Dossier, Sign, TickItem } from '#shared/dossiers/schemas.ts';
import { type ItemCode } from '#shared/dossiers/statuses.ts';
import type { Unmet } from '#shared/dossiers/workflow.ts';
import { verifyPassword } from '#server/domains/accounts/index.ts';
import type { Context } from '#server/platform/context.ts';
import { Forbidden } from '#server/platform/errors.ts';
import { hashOf, signedContent } from './canonical.ts';
import type { DossierRow, TickRow } from './model.ts';
import { actOf, hasWords, refuseUnless, roleOf } from './policy.ts';
import { endSignatures } from './service.ts';
import { changeDossier, type Standing } from './write.ts';

/** Ticks or unticks an item by hand, with its evidence. Signed and computed items are refused: they hold by other means. */
export async function tickItem(ctx: Context, id: string, code: ItemCode, tick: TickItem): Promise<Dossier> {
  return changeDossier(ctx, { id, version: tick.version }, ({ row, workflow }) => {
    refuseUnless(ctx, 'dossier.item', unmetForTick(ctx, { row, workflow }, code, tick));
    const others = row.ticks.filter((one) => one.code !== code);
    const evidence = hasWords(tick.evidence) ? tick.evidence : null;
    const comment = hasWords(tick.comment) ? tick.comment : null;
    return {
      what: tick.done ? 'dossier.item-ticked' : 'dossier.item-unticked',
      subject: code,
      comment: comment ?? undefined,
      set: { ticks: tick.done ? [...others, { ...actOf(ctx), code, evidence, comment }] : others },
    };
  });
}

/**
 * Signs an item: the signer gives his password again, and the SHA-256 of what he signs is kept. A signature is never edited: a new one
 * replaces it, a move back revokes it, a change of what was signed breaks it.
 *
 * @throws Forbidden `password.wrong`
 */
export async function sign(ctx: Context, id: string, { password, ...signature }: Sign): Promise<Dossier> {
  if (ctx.actor.id === null || !(await verifyPassword(ctx.actor.id, password, ctx))) throw new Forbidden('password.wrong');
  return applySignature(ctx, id, signature);
}

/** Signs for an actor whose identity was proved again just now. */
export async function applySignature(ctx: Context, id: string, { item, comment, version }: Omit<Sign, 'password'>): Promise<Dossier> {
  return changeDossier(ctx, { id, version }, ({ row, workflow }) => {
    const { tickedBy } = workflow.items[item];
    const content = signedContent(row, item);
    const unmet: Unmet[] = [];
    if (!tickedBy.includes(roleOf(ctx))) unmet.push({ rule: 'role', params: { roles: tickedBy } });
    if (row.prescription === null && item !== 'qa_dosimetrie') unmet.push({ rule: 'prescription' });
    if (row.plan === null && item !== 'prescription_signed') unmet.push({ rule: 'plan' });
    refuseUnless(ctx, 'dossier.signature', unmet);
    const hash = hashOf(content);
    const act = { ...actOf(ctx), comment: hasWords(comment) ? comment : null };
    return {
      what: 'dossier.signed',
      subject: item,
      comment: act.comment ?? undefined,
      set: {
        ticks: [...row.ticks.filter((tick) => tick.code !== item), { ...act, code: item, evidence: hash }],
        signatures: [...endSignatures(ctx, row.signatures, [item], 'replaced'), { ...act, role: roleOf(ctx), item, hash, ended: null }],
      },
    };
  });
}

/** Breaks the signatures whose content is no longer what was signed, and puts their items back. */
export function breakSignatures(
  ctx: Context,
  row: DossierRow,
  next: Pick<DossierRow, 'prescription' | 'plan'>,
): Pick<DossierRow, 'ticks' | 'signatures'> & { broken: ItemCode[] } {
  const broken = row.signatures
    .filter((signature) => signature.ended === null && hashOf(signedContent(next, signature.item)) !== signature.hash)
    .map((signature): ItemCode => signature.item);
  return {
    broken,
    ticks: row.ticks.filter((tick: TickRow) => !broken.includes(tick.code)),
    signatures: endSignatures(ctx, row.signatures, broken, 'broken'),
  };
}

function unmetForTick(ctx: Context, { workflow }: Pick<Standing, 'row' | 'workflow'>, code: ItemCode, tick: TickItem): Unmet[] {
  const rule = workflow.items[code];
  if (rule.kind === 'computed') return [{ rule: 'computed' }];
  if (rule.kind === 'signature') return [{ rule: tick.done ? 'signature' : 'revoke' }];
  const unmet: Unmet[] = [];
  if (!rule.tickedBy.includes(roleOf(ctx))) unmet.push({ rule: 'role', params: { roles: rule.tickedBy } });
  if (tick.done && rule.evidenceRequired && !hasWords(tick.evidence)) unmet.push({ rule: 'evidence' });
  return unmet;
}
