import { changePeerCall, createPeerCall, deletePeerCall } from '#shared/pacs/api.ts';
import { Peer, PEER_RIGHTS, type PeerRight } from '#shared/pacs/schemas.ts';
import { ApiError, call, failureText } from '../api/index.ts';
import { currentIn, mergedWith } from '../forms/current.ts';
import { m } from '../i18n/index.ts';
import { fieldsOf, NEW_PEER, problemsIn, sameFields, sentOf, type PeerFields, type PeerProblems } from './peer-fields.ts';

/** The form of a peer, new or known. What was typed is kept through every refusal. */
export class PeerForm {
  fields = $state<PeerFields>({ ...NEW_PEER });
  stored = $state.raw<Peer>();
  /** The peer as somebody else left it while this form was open. */
  newer = $state.raw<Peer>();
  failure = $state<string>();
  busy = $state(false);
  #problems = $state.raw<PeerProblems>({});
  #taken = $state(false);
  dirty = $derived(!sameFields(this.fields, this.stored ? fieldsOf(this.stored) : NEW_PEER));

  error(field: 'aeTitle' | 'host' | 'port'): string | undefined {
    if (field === 'aeTitle' && this.#taken) return m.pacs.peers.wrong.exists;
    return this.#problems[field] ? m.pacs.peers.wrong[field] : undefined;
  }

  toggle(right: PeerRight, on: boolean): void {
    this.fields.rights = PEER_RIGHTS.filter((one) => (one === right ? on : this.fields.rights.includes(one)));
  }

  /** Takes over what others changed; a correction under way is kept and compared when it is saved. */
  follow(stored: Peer): void {
    if (this.stored?.id === stored.id && (this.dirty || stored.version <= this.stored.version)) return;
    this.#begin(stored);
  }

  async save(): Promise<Peer | undefined> {
    this.#taken = false;
    this.#problems = problemsIn(this.fields);
    if (Object.keys(this.#problems).length > 0) return undefined;
    const sent = sentOf($state.snapshot(this.fields));
    const { stored } = this;
    return this.#act(async () => {
      const peer = stored
        ? await call(changePeerCall, { params: { id: stored.id }, body: { ...sent, version: stored.version } })
        : await call(createPeerCall, { body: sent });
      this.#begin(peer);
      return peer;
    });
  }

  /** Takes the peer off the list. */
  remove(): Promise<boolean | undefined> {
    const { stored } = this;
    if (!stored) return Promise.resolve(undefined);
    return this.#act(async () => {
      await call(deletePeerCall, { params: { id: stored.id } });
      return true;
    });
  }

  takeStored(): void {
    if (this.newer) this.#begin(this.newer);
  }

  keepMine(): void {
    const { stored, newer } = this;
    if (!stored || !newer) return;
    this.fields = mergedWith($state.snapshot(this.fields), fieldsOf(stored), fieldsOf(newer));
    this.stored = newer;
    this.newer = undefined;
  }

  #begin(peer: Peer): void {
    this.stored = peer;
    this.fields = fieldsOf(peer);
    this.newer = undefined;
    this.failure = undefined;
    this.#problems = {};
    this.#taken = false;
  }

  async #act<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.failure = undefined;
    this.newer = undefined;
    try {
      return await act();
    } catch (error) {
      this.#refused(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #refused(error: unknown): void {
    const changed = error instanceof ApiError && error.code === 'peer.changed' ? Peer.safeParse(currentIn(error.details)) : undefined;
    if (changed?.success) this.newer = changed.data;
    else if (error instanceof ApiError && error.code === 'peer.exists') this.#taken = true;
    else this.failure = failureText(error);
  }
}
