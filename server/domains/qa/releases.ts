import type { Context } from '#server/platform/context.ts';
import { NotFound, RuleBroken } from '#server/platform/errors.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { machineName } from '#server/domains/machines/index.ts';
import { pictureAt } from './picture.ts';
import { releaseControl } from './written.ts';

/**
 * Releases a control that is known as not conform.
 *
 * @throws NotFound for a control that the source does not have; RuleBroken `qa.release` for one that is not known as not conform.
 */
export async function releaseOf(ctx: Context, id: number, { reason }: { reason: string }): Promise<void> {
  const { controls, view } = await pictureAt(ctx.now());
  const control = controls.get(id);
  const machine = control && view.ledger.machineOf.get(control.objectId);
  if (!control || !machine) throw new NotFound('control');
  if (control.conform !== false)
    throw new RuleBroken('qa.release', inWords([{ rule: 'release_conform' }], wordsOf(ctx.locale), machineName));
  await releaseControl(ctx, id, { machine: machine.id, reason });
}
