import type { Right } from '#shared/roles.ts';

/** A page of quality control; its right opens it. */
export interface Section {
  name: 'overview' | 'table' | 'rates' | 'calendar' | 'unclassified' | 'rules' | 'source';
  href: string;
  right: Right;
}

export const SECTIONS: readonly Section[] = [
  { name: 'overview', href: '/qa', right: 'qa:read' },
  { name: 'table', href: '/qa/table', right: 'qa:read' },
  { name: 'rates', href: '/qa/rates', right: 'qa:read' },
  { name: 'calendar', href: '/qa/calendar', right: 'qa:read' },
  { name: 'unclassified', href: '/qa/unclassified', right: 'qa:read' },
  { name: 'rules', href: '/qa/rules', right: 'qa:configure' },
  { name: 'source', href: '/qa/source', right: 'qa:read' },
];

/** The section to which an address belongs; a machine's own page belongs to the overview. */
export function sectionAt(pathname: string): Section | undefined {
  return SECTIONS.find(({ href }) => href !== '/qa' && (pathname === href || pathname.startsWith(`${href}/`))) ?? SECTIONS[0];
}
