import { listDeliveriesCall } from '#shared/notifications/api.ts';
import type { Delivery } from '#shared/notifications/schemas.ts';
import { call } from '../api/index.ts';
import { PagedList } from '../forms/paged.svelte.ts';
import type { Fact } from '../live/index.ts';
import { live } from '../live/index.ts';

const PAGE = 50;

/** The log of alerts, the latest first: new ones come in above, and each shows its outcome when it has one. */
export class DeliveriesLog {
  list = new PagedList<Delivery>((cursor) =>
    call(listDeliveriesCall, { query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } }),
  );

  start(): () => void {
    return live.watch('notifications', { onStale: () => void this.list.reload(), onEvent: (fact) => this.#follow(fact) });
  }

  #follow(fact: Fact): void {
    if (fact.type !== 'alerts:delivery' || !this.list.items) return;
    this.list.items = withDelivery(this.list.items, fact.data.delivery);
  }
}

/** Puts a delivery in its place; one that lies on a page not read yet stays there. */
export function withDelivery(items: readonly Delivery[], delivery: Delivery): Delivery[] {
  if (items.some(({ id }) => id === delivery.id)) return items.map((one) => (one.id === delivery.id ? delivery : one));
  const newest = items[0];
  return newest === undefined || delivery.id > newest.id ? [delivery, ...items] : [...items];
}
