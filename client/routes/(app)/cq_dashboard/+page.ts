import { redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/** The address under which the department has known the table for years. */
export const load: PageLoad = ({ url }) => redirect(307, `/qa/table${url.search}`);
