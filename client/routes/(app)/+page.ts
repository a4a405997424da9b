import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session/session.svelte.ts';
import { homeOf } from '#lib/shell/pages.ts';
import type { PageLoad } from './$types';

/** The start leads to where the role begins its day. */
export const load: PageLoad = async ({ parent }) => {
  await parent();
  if (session.current) redirect(307, homeOf(session.role));
};
