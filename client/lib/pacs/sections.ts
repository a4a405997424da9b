import type { Right } from '#shared/roles.ts';

/** A section of the PACS; its right opens it. */
export interface Section {
  name: 'associations' | 'archive' | 'peers' | 'unattached';
  href: string;
  right: Right;
}

export const SECTIONS: readonly Section[] = [
  { name: 'associations', href: '/pacs', right: 'pacs:monitor' },
  { name: 'archive', href: '/pacs/archive', right: 'pacs:images' },
  { name: 'peers', href: '/pacs/peers', right: 'pacs:monitor' },
  { name: 'unattached', href: '/pacs/unattached', right: 'pacs:images' },
];

/** The header of one object is open to some who may not walk through the archive. */
const TAGS = '/pacs/archive/instances/';

/** The section to which an address belongs. */
export function sectionAt(pathname: string): Section | undefined {
  const under = SECTIONS.find(({ href }) => href !== '/pacs' && (pathname === href || pathname.startsWith(`${href}/`)));
  return under ?? SECTIONS.find(({ href }) => pathname === href);
}

/** The right that an address asks for. */
export function rightAt(pathname: string): Right {
  return pathname.startsWith(TAGS) ? 'pacs:tags' : (sectionAt(pathname)?.right ?? 'pacs:monitor');
}
