import { changeUserCall, createUserCall, resetPasswordCall } from '#shared/accounts/api.ts';
import { User, Username } from '#shared/accounts/schemas.ts';
import { ROLES, type Role } from '#shared/roles.ts';
import { ApiError, call, failureText, refusalsIn } from '../api/index.ts';
import { currentIn, mergedWith } from '../forms/current.ts';
import { m } from '../i18n/index.ts';

type Problem = 'required' | 'usernameWrong' | 'rolesMissing' | 'taken';

/** The form of a user, new or known. What was typed is kept through every refusal. */
export class UserForm {
  username = $state('');
  name = $state('');
  roles = $state<Role[]>([]);
  stored = $state.raw<User>();
  /** The user as somebody else left him while this form was open. */
  newer = $state.raw<User>();
  /** The one-time password, until the administrator has noted it. */
  oneTimePassword = $state<string>();
  failure = $state<string>();
  refusals = $state.raw<{ rule: string; message: string }[]>([]);
  busy = $state(false);
  #problems = $state<{ username?: Problem; name?: Problem; roles?: Problem }>({});

  constructor(stored?: User) {
    if (stored) this.#start(stored);
  }

  get dirty(): boolean {
    const base = this.stored ?? { username: '', name: '', roles: [] };
    return this.username !== base.username || this.name !== base.name || this.roles.join() !== base.roles.join();
  }

  error(field: 'username' | 'name' | 'roles'): string | undefined {
    const problem = this.#problems[field];
    if (problem === 'taken') return failureText(new ApiError(409, 'user.exists', ''));
    if (problem === 'required') return m.admin.forms.required;
    return problem && m.admin.users[problem];
  }

  toggle(role: Role, on: boolean): void {
    this.roles = ROLES.filter((one) => (one === role ? on : this.roles.includes(one)));
  }

  /** Takes over what others changed; a correction under way is kept and compared when it is saved. */
  follow(stored: User): void {
    if (this.stored?.id === stored.id && (this.dirty || stored.version <= this.stored.version)) return;
    this.#start(stored);
  }

  async save(): Promise<User | undefined> {
    this.#problems = this.#look();
    if (Object.keys(this.#problems).length > 0) return undefined;
    return this.#act(async () => {
      const { stored } = this;
      if (stored)
        return call(changeUserCall, {
          params: { id: stored.id },
          body: { ...this.#typed(), disabled: stored.disabled, version: stored.version },
        });
      const created = await call(createUserCall, { body: { username: this.username.trim(), ...this.#typed() } });
      this.oneTimePassword = created.oneTimePassword;
      return created.user;
    });
  }

  /** Disables or enables; what is typed and not saved stays typed. */
  setDisabled(disabled: boolean): Promise<User | undefined> {
    return this.#act(async ({ id, name, roles, version }) =>
      call(changeUserCall, { params: { id }, body: { name, roles, disabled, version } }),
    );
  }

  resetPassword(): Promise<User | undefined> {
    return this.#act(async ({ id }) => {
      const { user, oneTimePassword } = await call(resetPasswordCall, { params: { id } });
      this.oneTimePassword = oneTimePassword;
      return user;
    });
  }

  takeStored(): void {
    if (this.newer) this.#start(this.newer);
  }

  keepMine(): void {
    this.stored = this.newer;
    this.newer = undefined;
  }

  #start(user: User): void {
    this.stored = user;
    this.username = user.username;
    this.name = user.name;
    this.roles = user.roles;
    this.newer = undefined;
    this.failure = undefined;
    this.refusals = [];
    this.#problems = {};
  }

  #typed(): { name: string; roles: Role[] } {
    return { name: this.name.trim(), roles: $state.snapshot(this.roles) };
  }

  #look(): { username?: Problem; name?: Problem; roles?: Problem } {
    return {
      ...(!this.stored && !Username.safeParse(this.username).success && { username: 'usernameWrong' as const }),
      ...(this.name.trim() === '' && { name: 'required' as const }),
      ...(this.roles.length === 0 && { roles: 'rolesMissing' as const }),
    };
  }

  async #act(act: (stored: User) => Promise<User>): Promise<User | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.failure = undefined;
    this.refusals = [];
    this.newer = undefined;
    try {
      const user = await act(this.stored ?? NOBODY);
      this.#start(user);
      return user;
    } catch (error) {
      this.#refused(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #compare(newer: User): void {
    const { name, roles } = mergedWith(
      this.#typed(),
      { name: this.stored?.name ?? '', roles: this.stored?.roles ?? [] },
      { name: newer.name, roles: newer.roles },
    );
    this.name = name;
    this.roles = roles;
    this.newer = newer;
  }

  #refused(error: unknown): void {
    const code = error instanceof ApiError ? error.code : undefined;
    const current = code === 'user.changed' && error instanceof ApiError ? User.safeParse(currentIn(error.details)) : undefined;
    this.refusals = refusalsIn(error);
    if (current?.success) this.#compare(current.data);
    else if (code === 'user.exists') this.#problems = { username: 'taken' };
    else if (this.refusals.length === 0) this.failure = failureText(error);
  }
}

/** Stands for the user who does not exist yet: creating asks nothing of him. */
const NOBODY: User = {
  id: '',
  version: 0,
  username: '',
  name: '',
  roles: [],
  disabled: false,
  mustChangePassword: false,
  lastSignInAt: null,
};
