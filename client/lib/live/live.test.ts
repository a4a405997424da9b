import type { Heartbeat, WatchReply } from '#shared/realtime.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dirty } from './dirty.svelte.ts';
import type { LiveSocket } from './facts.ts';
import { Live } from './live.svelte.ts';

type Handler = (...values: unknown[]) => void;

/** A link without a network: what the server does is called by hand. */
class FakeSocket {
  connected = false;
  active = true;
  connects = 0;
  watched: { topic: string; last?: number }[] = [];
  #handlers = new Map<string, Handler[]>();
  #any: Handler[] = [];

  connect() {
    this.connects += 1;
  }
  disconnect() {
    this.connected = false;
  }
  on(event: string, handler: (...values: never[]) => void) {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler as Handler]);
  }
  onAny(handler: (event: string, value: unknown) => void) {
    this.#any.push(handler as Handler);
  }
  emit(event: string, request: { topic: string; last?: number }, answer?: (reply: WatchReply) => void) {
    if (event !== 'watch') return;
    this.watched.push(request);
    answer?.({ ok: true, revision: request.last ?? 1 });
  }
  fire(event: string, ...values: unknown[]) {
    for (const handler of this.#handlers.get(event) ?? []) handler(...values);
    for (const handler of this.#any) handler(event, ...values);
  }
  link() {
    this.connected = true;
    this.active = true;
    this.fire('connect');
  }
  drop(active = true) {
    this.connected = false;
    this.active = active;
    this.fire('disconnect');
  }
}

async function setUp() {
  const sockets: FakeSocket[] = [];
  const open = () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return Promise.resolve(socket as unknown as LiveSocket); // the part of a socket that is used
  };
  const reload = vi.fn();
  const ended = vi.fn();
  const live = new Live('build-1', { open, reload, ended });
  await live.start();
  const newest = () => sockets.at(-1) ?? new FakeSocket();
  return { socket: newest(), newest, live, reload, ended };
}

const START = Date.parse('2026-11-20T13:05:00.000Z');

function beat(more: Partial<Heartbeat> = {}): Heartbeat {
  return { at: new Date().toISOString(), build: 'build-1', revisions: {}, ...more };
}

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

describe('the live connection', () => {
  test('says after 30 s of silence that the screen may be wrong, and takes it back with the next heartbeat', async () => {
    const { socket, live } = await setUp();
    socket.link();
    socket.fire('heartbeat', beat());
    vi.advanceTimersByTime(29_000);
    expect(live.heard).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(live.heard).toBe(false);
    expect(live.lost).toBe(true);
    socket.link();
    socket.fire('heartbeat', beat());
    expect(live.heard).toBe(true);
    expect(live.lost).toBe(false);
  });

  test('opens a new link when the old one is mute', async () => {
    const { socket } = await setUp();
    socket.link();
    socket.fire('heartbeat', beat());
    vi.advanceTimersByTime(31_000);
    expect(socket.connects).toBeGreaterThan(1);
  });

  test('disables writing 5 s after the link broke, before the screen counts as old', async () => {
    const { socket, live } = await setUp();
    socket.link();
    socket.fire('heartbeat', beat());
    socket.drop();
    vi.advanceTimersByTime(4000);
    expect(live.lost).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(live.lost).toBe(true);
    expect(live.heard).toBe(true);
  });

  test('counts time on the server’s clock, not on the device’s', async () => {
    const { socket, live } = await setUp();
    socket.link();
    socket.fire('heartbeat', beat({ at: new Date(START + 3_600_000).toISOString() }));
    vi.advanceTimersByTime(2000);
    expect(live.now).toBe(START + 3_600_000 + 2000);
  });

  test('watches every topic again after a break, from its last revision', async () => {
    const { socket, live } = await setUp();
    socket.link();
    live.watch('dossiers', { onEvent: () => undefined, onStale: () => undefined });
    socket.drop();
    socket.link();
    expect(socket.watched).toEqual([{ topic: 'dossiers' }, { topic: 'dossiers', last: 1 }]);
  });

  test('lets a view fetch once at its start: with the answer, or after a second without one', async () => {
    const { socket, live } = await setUp();
    const onStale = vi.fn();
    live.watch('machines', { onEvent: () => undefined, onStale });
    vi.advanceTimersByTime(1100);
    expect(onStale).toHaveBeenCalledTimes(1);
    socket.link();
    expect(onStale).toHaveBeenCalledTimes(2);
    const second = vi.fn();
    live.watch('machines', { onEvent: () => undefined, onStale: second });
    vi.advanceTimersByTime(10);
    expect(second).toHaveBeenCalledTimes(1);
  });

  test('hands a fact only to those who watch its topic', async () => {
    const { socket, live } = await setUp();
    socket.link();
    const seen: string[] = [];
    const unwatch = live.watch('dossiers', { onEvent: (fact) => seen.push(fact.type), onStale: () => undefined });
    socket.fire('dossier:moved', { topic: 'dossiers', revision: 2, at: '', type: 'dossier:moved', data: {} });
    socket.fire('light:changed', { topic: 'qa', revision: 9, at: '', type: 'light:changed', data: {} });
    unwatch();
    socket.fire('dossier:moved', { topic: 'dossiers', revision: 3, at: '', type: 'dossier:moved', data: {} });
    expect(seen).toEqual(['dossier:moved']);
  });

  test('reloads the page for another build, but not while a form is dirty', async () => {
    const { socket, reload } = await setUp();
    socket.link();
    const release = dirty.hold();
    socket.fire('heartbeat', beat({ build: 'build-2' }));
    vi.advanceTimersByTime(3000);
    expect(reload).not.toHaveBeenCalled();
    release();
    vi.advanceTimersByTime(1000);
    expect(reload).toHaveBeenCalledWith('build-2');
  });

  test('asks who is signed in when the session ended or the server closed the link, and tries again', async () => {
    const { socket, ended } = await setUp();
    socket.link();
    socket.fire('session:ended', { code: 'session.none' });
    expect(ended).toHaveBeenCalledTimes(1);
    socket.drop(false);
    expect(ended).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(2000);
    expect(socket.connects).toBe(2);
  });

  test('starts anew for another person: no revision of the former one is kept', async () => {
    const { socket, newest, live } = await setUp();
    socket.link();
    live.watch('dossiers', { onEvent: () => undefined, onStale: () => undefined });
    await live.renew();
    newest().link();
    expect(newest().watched).toEqual([{ topic: 'dossiers' }]);
  });
});
