import { changeChannelCall, createChannelCall, deleteChannelCall, testChannelCall } from '#shared/notifications/api.ts';
import { Channel, type Delivery } from '#shared/notifications/schemas.ts';
import { ApiError, call, failureText, refusalsIn } from '../api/index.ts';
import { currentIn, mergedWith } from '../forms/current.ts';
import { m } from '../i18n/index.ts';
import { changeOf, NEW_CHANNEL, newChannelOf, textOf, type ChannelField, type ChannelText } from './channel-fields.ts';

/** The form of a channel, new or known. What was typed is kept through every refusal. */
export class ChannelForm {
  fields = $state<ChannelText>(structuredClone(NEW_CHANNEL));
  stored = $state.raw<Channel>();
  /** The channel as somebody else left it while this form was open. */
  newer = $state.raw<Channel>();
  failure = $state<string>();
  busy = $state(false);
  testing = $state(false);
  /** How the last test from here ended. */
  tested = $state.raw<Delivery>();
  #wrong = $state<ChannelField[]>([]);

  get dirty(): boolean {
    const base = this.stored ? textOf(this.stored) : NEW_CHANNEL;
    return JSON.stringify(this.fields) !== JSON.stringify(base);
  }

  error(field: ChannelField): string | undefined {
    if (!this.#wrong.includes(field)) return undefined;
    const words = m.notifications;
    return { name: m.admin.forms.required, url: words.urlWrong, addresses: words.addressesWrong, quiet: words.clockWrong }[field];
  }

  /** Follows what is stored while nothing is typed. */
  follow(stored: Channel): void {
    if (this.stored?.id === stored.id && (this.dirty || stored.version <= this.stored.version)) return;
    this.#start(stored);
  }

  async save(): Promise<Channel | undefined> {
    const { stored } = this;
    this.newer = undefined;
    const text = $state.snapshot(this.fields);
    if (stored) {
      const read = changeOf(text, stored);
      this.#wrong = 'wrong' in read ? read.wrong : [];
      return 'wrong' in read ? undefined : this.#saved(() => call(changeChannelCall, { params: { id: stored.id }, body: read.fields }));
    }
    const read = newChannelOf(text);
    this.#wrong = 'wrong' in read ? read.wrong : [];
    return 'wrong' in read ? undefined : this.#saved(() => call(createChannelCall, { body: read.fields }));
  }

  /** Whether it was removed. */
  async remove(): Promise<boolean> {
    const { stored } = this;
    if (!stored) return false;
    const done = await this.#act(async () => {
      await call(deleteChannelCall, { params: { id: stored.id } });
      return true;
    });
    return done === true;
  }

  /** Sends a test by what is stored. */
  async test(): Promise<void> {
    const { stored } = this;
    if (!stored || this.testing) return;
    this.testing = true;
    this.tested = undefined;
    this.tested = await this.#act(() => call(testChannelCall, { params: { id: stored.id } }));
    this.testing = false;
  }

  takeStored(): void {
    if (this.newer) this.#start(this.newer);
  }

  keepMine(): void {
    this.stored = this.newer;
    this.newer = undefined;
  }

  async #saved(send: () => Promise<Channel>): Promise<Channel | undefined> {
    const saved = await this.#act(send);
    if (saved) this.#start(saved);
    return saved;
  }

  async #act<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.failure = undefined;
    this.busy = true;
    try {
      return await act();
    } catch (error) {
      this.#refused(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #start(channel: Channel): void {
    this.stored = channel;
    this.fields = structuredClone(textOf(channel));
    this.newer = undefined;
    this.failure = undefined;
    this.#wrong = [];
  }

  #refused(error: unknown): void {
    const changed = error instanceof ApiError && error.code === 'channel.changed' ? Channel.safeParse(currentIn(error.details)) : undefined;
    if (changed?.success && this.stored) {
      this.fields = mergedWith($state.snapshot(this.fields), textOf(this.stored), textOf(changed.data));
      this.newer = changed.data;
      return;
    }
    const reasons = refusalsIn(error).map(({ message }) => message);
    this.failure = reasons.length > 0 ? reasons.join(' ') : failureText(error);
  }
}
