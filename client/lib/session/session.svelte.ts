import { changePasswordCall, chooseRoleCall, signInCall, signOutCall, welcomeCall } from '#shared/accounts/api.ts';
import type { Session as Signed } from '#shared/accounts/schemas.ts';
import type { Right, Role } from '#shared/roles.ts';
import { call } from '../api/index.ts';
import { onSessionEnded } from '../api/call.ts';
import { locale } from '../i18n/index.ts';
import { live, onLiveSessionEnded } from '../live/index.ts';
import { keep } from '../storage.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** Tells the other tabs of this browser that somebody signed in or out. */
const HINT = 'vigie.signed-in';

/** Why the cover lies over the page. */
export type LockCause = 'idle' | 'ended' | 'change';

/**
 * Who is signed in. `unknown`: not asked yet, or no answer; `locked`: the session is over, the page stays under an opaque cover and the next
 * person signs in over it.
 */
class SessionState {
  status = $state<'unknown' | 'none' | 'signed' | 'locked'>('unknown');
  current = $state.raw<Signed>();
  lockCause = $state<LockCause>('idle');
  #asking: Promise<void> | undefined;
  /** How often somebody left: what was asked before says nothing of now. */
  #leavings = 0;

  constructor() {
    onSessionEnded((code) => this.#ended(code));
    onLiveSessionEnded(() => void this.refresh().catch(() => undefined)); // no answer: the live connection says so already
    globalThis.addEventListener?.('storage', (event) => this.#elsewhere(event));
  }

  get role(): Role | undefined {
    return this.current?.role;
  }

  /** Whether the role worked in holds a right, as the server said; the server checks it anyway. */
  can(right: Right): boolean {
    return this.current?.rights.includes(right) ?? false;
  }

  /** Asks who is signed in, once; several askers share the question. */
  refresh(): Promise<void> {
    this.#asking ??= this.#read().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async signIn(username: string, password: string): Promise<void> {
    const before = this.status === 'locked' ? this.current : undefined;
    const same = before?.user.username === username.trim().toLowerCase();
    // The same person finds everything as it was, the role too.
    const signed = await call(signInCall, { body: { username, password, ...(same && before ? { role: before.role } : {}) } });
    await this.#adopt(signed);
  }

  async signOut(): Promise<void> {
    await this.#leave();
    this.status = 'none';
    this.current = undefined;
    toasts.clear();
  }

  /** Ends the session on the server and covers the page. */
  async lock(cause: LockCause): Promise<void> {
    if (this.status !== 'signed') return;
    this.lockCause = cause;
    this.status = 'locked';
    toasts.clear();
    await this.#leave();
  }

  async chooseRole(role: Role): Promise<void> {
    await this.#adopt(await call(chooseRoleCall, { body: { role } }));
  }

  async changePassword(current: string, next: string): Promise<void> {
    await this.#adopt(await call(changePasswordCall, { body: { current, next } }));
  }

  async #read(): Promise<void> {
    const leavings = this.#leavings;
    const { session: signed } = await call(welcomeCall);
    if (leavings !== this.#leavings) return;
    if (signed) await this.#adopt(signed);
    else this.#ended('session.none');
  }

  async #adopt(signed: Signed): Promise<void> {
    const before = this.status === 'signed' ? this.current : undefined;
    const same = before?.user.id === signed.user.id && before.role === signed.role;
    this.current = signed;
    this.status = 'signed';
    keep(HINT, 'yes');
    locale.ofSite(signed.site);
    if (signed.mustChangePassword) return; // nothing else is open yet
    if (same && !before.mustChangePassword) await live.start();
    else await live.renew();
  }

  async #leave(): Promise<void> {
    this.#leavings += 1;
    live.stop();
    keep(HINT, 'no');
    // When the server is silent the session stays until it ends by itself; the cover hides the page all the same.
    await call(signOutCall).catch(() => undefined);
  }

  /** Tabs of one browser share the session: who signs in or out in one does so in all. */
  #elsewhere(event: StorageEvent): void {
    if (event.key !== HINT) return;
    if (event.newValue === 'no') this.#ended('session.none');
    else if (this.status === 'locked') void this.refresh().catch(() => undefined); // no answer: the cover stays
  }

  #ended(code: string): void {
    if (code === 'session.password-expired') {
      if (this.current) this.current = { ...this.current, mustChangePassword: true };
      return;
    }
    keep(HINT, 'no');
    if (this.status === 'unknown') this.status = 'none';
    if (this.status !== 'signed') return;
    this.lockCause = 'ended';
    this.status = 'locked';
    live.stop();
  }
}

export const session = new SessionState();
