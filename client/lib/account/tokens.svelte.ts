import { createTokenCall, listTokensCall, revokeTokenCall } from '#shared/accounts/api.ts';
import type { Token } from '#shared/accounts/schemas.ts';
import type { Role } from '#shared/roles.ts';
import { call, failureText } from '../api/index.ts';
import { PagedList } from '../forms/paged.svelte.ts';
import { m } from '../i18n/index.ts';

const MOST_DAYS = 365;

/** One's own personal tokens, and the form that makes one. */
export class TokensState {
  list = new PagedList<Token>(async () => ({ items: await call(listTokensCall) }));
  name = $state('');
  role = $state<Role>();
  days = $state<number | null>(90);
  nameError = $state<string>();
  daysError = $state<string>();
  failure = $state<string>();
  busy = $state(false);
  /** The secret of the token just made, until the person has noted it. */
  made = $state.raw<{ name: string; secret: string }>();

  constructor(role: Role | undefined) {
    this.role = role;
  }

  async create(): Promise<void> {
    const { role, days } = this;
    const name = this.name.trim();
    this.nameError = name === '' ? m.admin.account.tokenNameMissing : undefined;
    const valid = days !== null && Number.isInteger(days) && days >= 1 && days <= MOST_DAYS;
    this.daysError = valid ? undefined : m.admin.account.tokenDaysWrong;
    if (this.nameError || !valid || !role) return;
    await this.#act(async () => {
      const { token, secret } = await call(createTokenCall, { body: { name, role, days } });
      this.made = { name: token.name, secret };
      this.name = '';
    });
  }

  revoke(id: string): Promise<void> {
    return this.#act(() => call(revokeTokenCall, { params: { id } }));
  }

  async #act(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = undefined;
    try {
      await act();
      await this.list.reload();
    } catch (error) {
      this.failure = failureText(error);
    } finally {
      this.busy = false;
    }
  }
}
