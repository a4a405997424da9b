import { PASSWORD_MIN_LENGTH } from '#shared/accounts/password.ts';
import { ApiError, failureText } from '../api/index.ts';
import { m } from '../i18n/index.ts';
import { session } from '../session/session.svelte.ts';

/** The form that changes one's own password. */
export class OwnPassword {
  current = $state('');
  next = $state('');
  again = $state('');
  done = $state(false);
  busy = $state(false);
  currentError = $state<string>();
  nextError = $state<string>();
  againError = $state<string>();
  failure = $state<string>();

  async save(): Promise<void> {
    const short = this.next.length < PASSWORD_MIN_LENGTH;
    this.done = false;
    this.failure = undefined;
    this.currentError = this.current === '' ? m.admin.forms.required : undefined;
    this.nextError = short ? m.session.newPasswordShort(PASSWORD_MIN_LENGTH) : undefined;
    this.againError = !short && this.next !== this.again ? m.session.newPasswordDiffers : undefined;
    if (this.currentError || this.nextError || this.againError || this.busy) return;
    this.busy = true;
    try {
      await session.changePassword(this.current, this.next);
      this.current = '';
      this.next = '';
      this.again = '';
      this.done = true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'password.wrong') this.currentError = failureText(error);
      else this.failure = failureText(error);
    } finally {
      this.busy = false;
    }
  }
}
