import { Types, type QueryFilter } from 'mongoose';
import type { z } from 'zod';
import type { DeliveryPage, DeliveryQuery } from '#shared/notifications/schemas.ts';
import { Invalid } from '#server/platform/errors.ts';
import { DeliveryModel, type DeliveryRow } from './model.ts';
import { presentDelivery } from './present.ts';

/** The log of deliveries, the latest first. */
export async function listDeliveries(query: z.output<typeof DeliveryQuery>): Promise<z.output<typeof DeliveryPage>> {
  const { limit, channel, state, cursor } = query;
  const filter: QueryFilter<DeliveryRow> = {
    ...(channel === undefined ? {} : { channel: new Types.ObjectId(channel) }),
    ...(state === undefined ? {} : { state }),
    ...(cursor === undefined ? {} : { _id: { $lt: idOf(cursor) } }),
  };
  const rows = await DeliveryModel.find(filter)
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean();
  const items = rows.slice(0, limit).map(presentDelivery);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, next: last.id } : { items };
}

function idOf(cursor: string): Types.ObjectId {
  if (!/^[0-9a-f]{24}$/.test(cursor)) throw new Invalid([{ where: 'query', path: 'cursor', message: 'not a cursor of this list' }]);
  return new Types.ObjectId(cursor);
}
