export { ageInYears, format, ippOf, nameOf } from './format.ts';
export { locale } from './locale.svelte.ts';
export { m, qaWords, words } from './m.ts';
export { spaced } from './typography.ts';
