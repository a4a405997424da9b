import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session/session.svelte.ts';
import type { LayoutLoad } from './$types';

/** Every page of the application needs somebody signed in; he comes back to where he wanted to go. */
export const load: LayoutLoad = async ({ url, untrack }) => {
  if (session.status === 'unknown') await session.refresh().catch(() => undefined); // no answer: the layout says so and tries again
  const here = untrack(() => url.pathname + url.search);
  const next = here === '/' ? '' : `?next=${encodeURIComponent(here)}`;
  if (session.status === 'none') redirect(307, `/sign-in${next}`);
};
