import type { ClientInit, HandleClientError } from '@sveltejs/kit';
import { locale, m } from '#lib/i18n/index.ts';

/** Nothing is shown before there are words for it. */
export const init: ClientInit = () => locale.start();

/** A page that does not exist is said on the page; only what is a fault of ours goes to the console. */
export const handleError: HandleClientError = ({ error, status }) => {
  if (status === 404) return { message: m.shell.notFound };
  console.error(error);
  return { message: m.shell.failed };
};
