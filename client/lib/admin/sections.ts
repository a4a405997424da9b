import type { Right } from '#shared/roles.ts';

/** A section of the administration; one of its rights opens it. */
export interface Section {
  name: 'users' | 'screens' | 'machines' | 'channels' | 'audit' | 'rights';
  href: string;
  right: Right;
}

export const SECTIONS: readonly Section[] = [
  { name: 'users', href: '/admin/users', right: 'users:manage' },
  { name: 'screens', href: '/admin/screens', right: 'screens:manage' },
  { name: 'machines', href: '/admin/machines', right: 'machines:write' },
  { name: 'channels', href: '/admin/channels', right: 'channels:manage' },
  { name: 'audit', href: '/admin/audit', right: 'audit:read' },
  { name: 'rights', href: '/admin/rights', right: 'users:manage' },
];

/** The section to which an address belongs. */
export function sectionAt(pathname: string): Section | undefined {
  return SECTIONS.find(({ href }) => pathname === href || pathname.startsWith(`${href}/`));
}
