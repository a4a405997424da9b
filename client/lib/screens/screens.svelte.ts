import { closeScreenCall, listScreensCall, openScreenCall } from '#shared/screens/api.ts';
import type { PrivacyLevel, Screen } from '#shared/screens/schemas.ts';
import { call, failureText, ApiError } from '../api/index.ts';
import { m } from '../i18n/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

const CODE = /^[A-Z0-9]{6}$/;

/** The screens that are open, and the form that opens one by its code. */
export class ScreensState {
  resource = new LiveResource<Screen[]>({
    topics: ['screens'],
    load: (signal) => call(listScreensCall, {}, { signal }),
    apply: withScreen,
  });
  code = $state('');
  name = $state('');
  level = $state<PrivacyLevel>(1);
  codeError = $state<string>();
  nameError = $state<string>();
  failure = $state<string>();
  busy = $state(false);
  /** The screen that is asked to be closed, until the person confirms. */
  closing = $state.raw<Screen>();

  get dirty(): boolean {
    return this.code !== '' || this.name !== '';
  }

  start(): () => void {
    return this.resource.start();
  }

  /** Opens the screen that shows the code. */
  async open(): Promise<Screen | undefined> {
    const code = this.code.replace(/[\s-]/g, '').toUpperCase();
    this.codeError = CODE.test(code) ? undefined : m.screens.codeWrong;
    this.nameError = this.name.trim() === '' ? m.screens.nameMissing : undefined;
    this.failure = undefined;
    if (this.codeError || this.nameError || this.busy) return undefined;
    this.busy = true;
    try {
      const screen = await call(openScreenCall, { body: { code, name: this.name.trim(), level: this.level } });
      this.resource.set(merged(this.resource.data ?? [], screen));
      this.code = '';
      this.name = '';
      return screen;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'screen.code') this.codeError = failureText(error);
      else this.failure = failureText(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** Closes the screen that was asked for; it asks for a new code at once. */
  async close(): Promise<Screen | undefined> {
    const screen = this.closing;
    if (!screen || this.busy) return undefined;
    this.busy = true;
    this.failure = undefined;
    try {
      await call(closeScreenCall, { params: { id: screen.id } });
      this.resource.set(merged(this.resource.data ?? [], { ...screen, closed: true }));
      return screen;
    } catch (error) {
      this.failure = failureText(error);
      return undefined;
    } finally {
      this.closing = undefined;
      this.busy = false;
    }
  }
}

function withScreen(screens: Screen[], fact: Fact): Screen[] {
  return fact.type === 'screen:changed' ? merged(screens, fact.data.screen) : screens;
}

/** Closed screens leave the list. */
function merged(screens: Screen[], screen: Screen): Screen[] {
  const known = screens.find((one) => one.id === screen.id);
  if (known && known.version > screen.version) return screens;
  const others = screens.filter((one) => one !== known);
  return screen.closed ? others : [...others, screen].sort((a, b) => a.openedAt.localeCompare(b.openedAt));
}
