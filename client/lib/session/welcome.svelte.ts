import { welcomeCall } from '#shared/accounts/api.ts';
import type { Welcome } from '#shared/accounts/schemas.ts';
import { call } from '../api/index.ts';
import { locale } from '../i18n/index.ts';

const AGAIN_MS = 10_000;
const AGAIN_WHEN_SILENT_MS = 2000;

/** What the sign-in page shows before anybody is signed in, and whether the server answers at all. */
export class WelcomeState {
  data = $state.raw<Welcome>();
  heardAt = $state<number>();
  silent = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /** Asks now and then until the returned function is called. */
  start(): () => void {
    void this.#ask();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  }

  async #ask(): Promise<void> {
    try {
      this.data = await call(welcomeCall);
      locale.ofSite(this.data.site);
      this.heardAt = Date.now();
      this.silent = false;
    } catch {
      this.silent = true; // said on the page; asked again sooner
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#ask(), this.silent ? AGAIN_WHEN_SILENT_MS : AGAIN_MS);
  }
}
