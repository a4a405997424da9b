/** Where to go after sign-in: a path of this site only, never another site that a crafted link names. */
export function safeNext(next: string | null | undefined, fallback: string): string {
  if (!next || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return fallback;
  const base = 'http://vigie.invalid';
  try {
    const url = new URL(next, base);
    if (url.origin !== base || url.pathname === '/sign-in') return fallback;
    return url.pathname + url.search + url.hash;
  } catch {
    return fallback;
  }
}
