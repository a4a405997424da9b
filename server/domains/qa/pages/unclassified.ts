import type { z } from 'zod';
import { leftOutAt } from '#shared/qa/ledger.ts';
import type { Unclassified, UnclassifiedQuery } from '#shared/qa/page-schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { pictureAt } from '../picture.ts';
import { latestFirst } from './page.ts';
import { searchFor } from './search.ts';

/** What was left out, and what counts but deserves a look, the latest first. `counts` are those of all reasons, whichever is asked for. */
export async function unclassified(ctx: Context, query: z.output<typeof UnclassifiedQuery>): Promise<Unclassified> {
  const { view } = await pictureAt(ctx.now());
  const matches = searchFor(query.q);
  const found = leftOutAt(view.ledger, view.now).filter(({ control }) => matches(control));
  const counts: Record<string, number> = {};
  for (const { reason } of found) counts[reason] = (counts[reason] ?? 0) + 1;
  const asked = query.reason === undefined ? found : found.filter(({ reason }) => reason === query.reason);
  const items = asked.sort((a, b) => latestFirst(a.control, b.control)).slice(query.skip, query.skip + query.limit);
  return { items, total: asked.length, counts };
}
