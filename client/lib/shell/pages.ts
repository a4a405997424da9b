import { may, type Right, type Role } from '#shared/roles.ts';
import type { ShellMessages } from '../i18n/messages/fr/shell.ts';

export interface Page {
  name: keyof ShellMessages['nav'];
  href: '/dossiers' | '/patients' | '/qa' | '/pacs' | '/admin';
  /** Any of these opens it. */
  rights: readonly Right[];
  /** `g` then this letter. */
  letter: string;
}

/** The pages that exist, in the bar's order; one that a role may not open is absent for it. */
export const PAGES: readonly Page[] = [
  { name: 'dossiers', href: '/dossiers', rights: ['dossiers:read'], letter: 'd' },
  { name: 'patients', href: '/patients', rights: ['patients:read'], letter: 'p' },
  { name: 'machines', href: '/qa', rights: ['qa:read'], letter: 'm' },
  { name: 'pacs', href: '/pacs', rights: ['pacs:monitor'], letter: 'c' },
  { name: 'admin', href: '/admin', rights: ['users:manage', 'audit:read'], letter: 'a' },
];

/** The pages that a role may open. */
export function pagesOf(role: Role | undefined): Page[] {
  return role ? PAGES.filter((page) => page.rights.some((right) => may(role, right))) : [];
}

/** The page to which an address belongs. */
export function pageAt(pathname: string): Page | undefined {
  return PAGES.find((page) => pathname === page.href || pathname.startsWith(`${page.href}/`));
}

/** Where a role begins its day. */
export function homeOf(role: Role | undefined): Page['href'] {
  if (role === 'manager') return '/qa';
  return role === 'admin' ? '/admin' : '/dossiers';
}
