import { redirect } from '@sveltejs/kit';
import { safeNext } from '#lib/session/next.ts';
import { session } from '#lib/session/session.svelte.ts';
import { homeOf } from '#lib/shell/pages.ts';
import type { PageLoad } from './$types';

/** Who is signed in already has nothing to do here. */
export const load: PageLoad = async ({ url }) => {
  if (session.status === 'unknown') await session.refresh().catch(() => undefined); // no answer: the page says so by itself
  if (session.status === 'signed') redirect(307, safeNext(url.searchParams.get('next'), homeOf(session.role)));
};
