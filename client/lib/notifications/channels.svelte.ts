import { listChannelsCall } from '#shared/notifications/api.ts';
import type { Channel } from '#shared/notifications/schemas.ts';
import { call } from '../api/index.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

/** The channels by which alerts leave; others' changes and the outcome of every alert show by themselves. */
export class ChannelsList {
  resource = new LiveResource<Channel[]>({
    topics: ['notifications'],
    load: (signal) => call(listChannelsCall, {}, { signal }),
    apply: withFact,
  });

  start(): () => void {
    return this.resource.start();
  }

  /** Puts in what an own act answered. */
  put(channel: Channel): void {
    this.resource.set(merged(this.resource.data ?? [], channel));
  }

  /** Takes out what an own act removed. */
  remove(id: string): void {
    this.resource.set((this.resource.data ?? []).filter((one) => one.id !== id));
  }
}

function withFact(channels: Channel[], fact: Fact): Channel[] {
  if (fact.type === 'alerts:channel') return merged(channels, fact.data.channel);
  return fact.type === 'alerts:channel-removed' ? channels.filter(({ id }) => id !== fact.data.id) : channels;
}

function merged(channels: Channel[], channel: Channel): Channel[] {
  const known = channels.find((one) => one.id === channel.id);
  if (known && known.version > channel.version) return channels;
  const others = channels.filter((one) => one !== known);
  return [...others, channel].sort((a, b) => a.name.localeCompare(b.name));
}
