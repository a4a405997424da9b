import { error } from '@sveltejs/kit';
import { m } from '#lib/i18n/index.ts';
import type { PageLoad } from './$types';

/** An address that no page has: said inside the frame, so that the bar leads on. */
export const load: PageLoad = () => error(404, m.shell.notFound);
