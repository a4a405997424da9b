import type { Attachment } from 'svelte/attachments';

/** Puts the focus into the first control of what just appeared. */
export const focusFirst: Attachment<HTMLElement> = (node) => {
  node.querySelector<HTMLElement>('input, select, textarea')?.focus();
};

/** Ctrl Enter sends a form, from a text of several lines too. */
export const sendOnCtrlEnter: Attachment<HTMLFormElement> = (form) => {
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  form.addEventListener('keydown', press);
  return () => form.removeEventListener('keydown', press);
};

/** Gives the focus back to a panel whose form is gone: it must not fall to the top of the page. */
export function refocus(anchor: string): void {
  requestAnimationFrame(() => document.getElementById(anchor)?.focus({ preventScroll: true }));
}
