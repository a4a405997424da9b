import { classify } from '#shared/qa/classify.ts';
import type { Control, QaType } from '#shared/qa/controls.ts';
import { dayNumberOf, dayText } from '#shared/qa/calendar.ts';
import { periodsBetween } from '#shared/qa/periods.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { machineName } from '#server/domains/machines/index.ts';
import type { Context } from '#server/platform/context.ts';
import { NotFound, RuleBroken } from '#server/platform/errors.ts';
import { actOf } from './acts.ts';
import { pictureAt, type Picture } from './picture.ts';
import { ReleaseModel } from './records-model.ts';
import { relight } from './relight.ts';

/**
 * Releases a control that is known as not conform: it keeps the machine red no longer. Once is enough.
 *
 * @throws NotFound for a control that the source does not have; RuleBroken `qa.release` for one that is not known as not conform.
 */
export async function releaseOf(ctx: Context, id: number, { reason }: { reason: string }): Promise<void> {
  const picture = await pictureAt(ctx.now());
  const control = picture.controls.get(id);
  const machine = control && picture.view.ledger.machineOf.get(control.objectId)?.id;
  if (!control || !machine) throw new NotFound('control');
  if (control.conform !== false)
    throw new RuleBroken('qa.release', inWords([{ rule: 'release_conform' }], wordsOf(ctx.locale), machineName));
  const place = placeOf(control, picture);
  await ctx.atomically('qa', async () => {
    if (await ReleaseModel.findById(id).lean()) return;
    await ReleaseModel.insertMany([{ _id: id, machine, reason, ...actOf(ctx) }], { lean: true });
    await ctx.record({
      action: 'qa.control-released',
      subject: `machine:${machine}`,
      details: { control: id },
      live: place ? [{ topic: 'qa', type: 'qa:period', data: { machine, ...place } }] : [],
    });
    await relight(ctx, [machine]);
  });
}

/** Which pages show it; undefined for a control of no type or no date. */
function placeOf(control: Control, { view: { ledger } }: Picture): { type: QaType; period: string } | undefined {
  const verdict = classify(control, ledger.machineOf.get(control.objectId), ledger.setting.rules);
  if (verdict.kind !== 'classified' || control.at === null) return undefined;
  const day = dayNumberOf(control.at);
  const [period] = periodsBetween(verdict.type, day, day);
  return period && { type: verdict.type, period: dayText(period.fromDay) };
}
