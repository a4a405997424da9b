import type { Screen } from '#shared/screens/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import type { ScreenRow } from './model.ts';
import { presentScreen } from './present.ts';

/** Writes down a change of a screen and announces it to who manages screens. */
export async function announceScreen(ctx: Context, action: string, row: ScreenRow): Promise<Screen> {
  const screen = presentScreen(row);
  await ctx.record({
    action,
    subject: `screen:${screen.id}`,
    details: { name: screen.name, level: screen.level },
    live: [{ topic: 'screens', type: 'screen:changed', data: { screen } }],
  });
  return screen;
}
