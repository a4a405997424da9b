/** A single-page application: the server sends one shell, everything else happens here. */
export const ssr = false;
export const prerender = false;
