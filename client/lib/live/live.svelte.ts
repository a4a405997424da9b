import { untrack } from 'svelte';
import { SILENCE_MS, type Heartbeat, type Topic } from '#shared/realtime.ts';
import { dirty } from './dirty.svelte.ts';
import { factFrom, type LiveSocket, type Watcher } from './facts.ts';
import { TopicFeed } from './topic-feed.svelte.ts';

/** A view that gets no answer to `watch` in this time fetches without one. */
const FIRST_FETCH_MS = 1000;
/** Without a link for this long, writing is disabled and the banner says so. */
const LOST_MS = 5000;
const RETRY_MS = 2000;
const COARSE_MS = 20_000;

export interface LiveOptions {
  /** Makes a socket that is not connected yet. */
  open: () => Promise<LiveSocket>;
  /** Reloads the page: another build is served. */
  reload: (build: string) => void;
  /** The server ended or changed the session, or refused the link: ask anew who is signed in. */
  ended: () => void;
}

/** The one live connection of a page: what every view knows of the server's state comes through here. */
export class Live {
  /** The server's time, once a second (epoch ms); every age counts from it, never from the device's clock. */
  now = $state(Date.now());
  /** The same in steps of 20 s: for long lists whose ages are in minutes. */
  coarse = $state(Date.now());
  connected = $state(false);
  /** The server's time of its last heartbeat (epoch ms). */
  lastBeatAt = $state<number>();
  /** A heartbeat was heard within 30 s, or it is too early to say. When false, this screen may be wrong. */
  heard = $state(true);
  /** The server cannot be reached: writing is disabled. */
  lost = $state(false);
  /** Another build is served; the page reloads as soon as no form is dirty. */
  newBuild = $state<string>();
  /** How much of the 30 s is left since the last heartbeat: 1 just heard, 0 silent. */
  freshness = $derived.by(() => (this.lastBeatAt === undefined ? 0 : Math.max(0, 1 - (this.now - this.lastBeatAt) / SILENCE_MS)));

  #options: LiveOptions;
  #build: string | undefined;
  #socket: LiveSocket | undefined;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping: nothing shown reads it
  #feeds = new Map<string, TopicFeed>();
  #running = 0;
  #offsetMs = 0;
  #heardLocally = 0;
  #linkLostAt: number | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;

  /** @param build undefined: pages come from their sources, and there are no builds */
  constructor(build: string | undefined, options: LiveOptions) {
    this.#build = build;
    this.#options = options;
  }

  /** Opens the connection; does nothing when it is open. */
  async start(): Promise<void> {
    if (this.#running > 0) return;
    const run = (this.#running = Date.now());
    this.#heardLocally = Date.now();
    this.#linkLostAt = Date.now();
    this.#ticking = setInterval(() => this.#tick(), 1000);
    const socket = await this.#opened(run);
    if (!socket || this.#running !== run) return;
    this.#socket = socket;
    this.#listen(socket);
    socket.connect();
  }

  /** The way to the server is code that is loaded too: when that fails it is tried again, for as long as this connection is wanted. */
  async #opened(run: number): Promise<LiveSocket | undefined> {
    while (this.#running === run) {
      try {
        return await this.#options.open();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS)); // the banner says meanwhile that nothing is heard
      }
    }
    return undefined;
  }

  /** Closes it: nobody is signed in here. */
  stop(): void {
    this.#running = 0;
    clearInterval(this.#ticking);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.disconnect();
    this.connected = false;
    this.heard = true;
    this.lost = false;
    for (const feed of this.#feeds.values()) feed.pause();
  }

  /** Connects anew as whoever is signed in now: what may be seen differs, so every view fetches its state again. */
  async renew(): Promise<void> {
    this.stop();
    for (const feed of this.#feeds.values()) feed.forget();
    await this.start();
  }

  /** Follows a topic until the returned function is called. */
  watch(topic: Topic, watcher: Watcher): () => void {
    return untrack(() => this.#watch(topic, watcher)); // an effect that watches must not run again with every link
  }

  #watch(topic: Topic, watcher: Watcher): () => void {
    const feed = this.#feeds.get(topic) ?? this.#addFeed(topic);
    const first = this.#startsWith(watcher, feed);
    feed.watchers.add(first.watcher);
    return () => {
      first.cancel();
      feed.watchers.delete(first.watcher);
      if (feed.watchers.size === 0) this.#dropFeed(feed);
    };
  }

  /** When a heartbeat confirmed last that a topic is complete here (server's clock, epoch ms). */
  confirmedAt(topic: Topic): number | undefined {
    return this.#feeds.get(topic)?.confirmedAt;
  }

  /** The server's time now, exact. */
  serverTime(): number {
    return Date.now() + this.#offsetMs;
  }

  #addFeed(topic: Topic): TopicFeed {
    const feed = new TopicFeed(topic, (request, answer) => this.#socket?.emit('watch', request, answer));
    this.#feeds.set(topic, feed);
    if (this.connected) feed.ask(true);
    return feed;
  }

  #dropFeed(feed: TopicFeed): void {
    feed.pause();
    this.#feeds.delete(feed.topic);
    if (this.connected) this.#socket?.emit('unwatch', { topic: feed.topic });
  }

  /** A view fetches at its start as soon as that is safe: with the answer to `watch`, at once when followed already, or late without one. */
  #startsWith(watcher: Watcher, feed: TopicFeed): { watcher: Watcher; cancel: () => void } {
    const timer = setTimeout(() => watcher.onStale(), feed.following && this.connected ? 0 : FIRST_FETCH_MS);
    const cancel = () => clearTimeout(timer);
    const told = () => {
      cancel();
      watcher.onStale();
    };
    return { watcher: { onEvent: (fact) => watcher.onEvent(fact), onStale: told }, cancel };
  }

  #listen(socket: LiveSocket): void {
    const ours = () => this.#socket === socket;
    socket.on('connect', () => ours() && this.#linked());
    socket.on('disconnect', () => ours() && this.#unlinked(socket));
    socket.on('connect_error', () => ours() && this.#unlinked(socket));
    socket.on('heartbeat', (beat: Heartbeat) => ours() && this.#beat(beat));
    socket.on('session:ended', () => ours() && this.#options.ended());
    socket.onAny((_event, value) => {
      const fact = ours() ? factFrom(value) : undefined;
      if (fact) this.#feeds.get(fact.topic)?.receive(fact);
    });
  }

  #linked(): void {
    this.connected = true;
    this.#linkLostAt = undefined;
    this.lost = false;
    for (const feed of this.#feeds.values()) feed.ask(false);
  }

  #unlinked(socket: LiveSocket): void {
    if (this.connected) for (const feed of this.#feeds.values()) feed.pause();
    this.connected = false;
    this.#linkLostAt ??= Date.now();
    if (socket.active) return;
    // The server closed the link or refused it: the library stays silent then. Who is signed in may have changed.
    this.#options.ended();
    setTimeout(() => {
      if (this.#socket === socket && !socket.connected) socket.connect();
    }, RETRY_MS);
  }

  #beat(beat: Heartbeat): void {
    const at = Date.parse(beat.at);
    this.#heardLocally = Date.now();
    this.#offsetMs = at - this.#heardLocally;
    this.lastBeatAt = at;
    this.#tick();
    for (const feed of this.#feeds.values()) feed.beat(beat.revisions[feed.topic], at);
    if (this.#build !== undefined && beat.build !== this.#build) this.newBuild = beat.build;
    this.#reloadWhenClean();
  }

  #tick(): void {
    const silentMs = Date.now() - this.#heardLocally;
    this.now = this.serverTime();
    if (Math.abs(this.now - this.coarse) >= COARSE_MS) this.coarse = this.now;
    this.heard = silentMs < SILENCE_MS;
    this.lost = !this.heard || (this.#linkLostAt !== undefined && Date.now() - this.#linkLostAt >= LOST_MS);
    if (!this.heard && this.connected) this.#reconnect(); // linked but mute: a new link may lead to a process that speaks
    this.#reloadWhenClean();
  }

  #reconnect(): void {
    const socket = this.#socket;
    this.#heardLocally = Date.now() - SILENCE_MS; // the screen stays grey until a heartbeat is heard
    socket?.disconnect();
    socket?.connect();
  }

  #reloadWhenClean(): void {
    if (this.newBuild !== undefined && !dirty.any) this.#options.reload(this.newBuild);
  }
}
