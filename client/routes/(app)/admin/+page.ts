import { redirect } from '@sveltejs/kit';
import { SECTIONS } from '#lib/admin/sections.ts';
import { session } from '#lib/session/session.svelte.ts';
import type { PageLoad } from './$types';

/** The administration opens at the first section that the role has. */
export const load: PageLoad = async ({ parent }) => {
  await parent();
  const first = SECTIONS.find(({ right }) => session.can(right));
  if (first) redirect(307, first.href);
};
