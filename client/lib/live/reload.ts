const KEY = 'vigie.reloaded-for';

/**
 * Reloads the page for a build, once: where page and server name their builds differently for good (a wrong installation), a page that
 * reloads for ever would be worse than an old one.
 */
export function reloadOnce(build: string): void {
  try {
    if (sessionStorage.getItem(KEY) === build) return;
    sessionStorage.setItem(KEY, build);
  } catch {
    return; // without storage there is no way to know: stay
  }
  location.reload();
}
