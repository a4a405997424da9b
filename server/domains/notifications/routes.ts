import * as calls from '#shared/notifications/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { createHealthTeller, readHealth } from './health.ts';
import type { AlertMeans } from './means.ts';
import { listDeliveries } from './queries.ts';
import { changeChannel, createChannel, deleteChannel, listChannels, testChannel } from './service.ts';

/** The calls on channels, the log of deliveries, and the notice that alerts cannot leave. */
export function mountNotifications(api: Api, means: AlertMeans): void {
  const tellHealth = createHealthTeller();

  serve(api, calls.listChannelsCall, 'channels:manage', () => listChannels(means));
  serve(api, calls.createChannelCall, 'channels:manage', (ctx, { body }) => createChannel(ctx, means, body));
  serve(api, calls.changeChannelCall, 'channels:manage', async (ctx, { params, body }) => {
    const channel = await changeChannel(ctx, means, params.id, body);
    await tellHealth(ctx); // a channel that was switched off does not fail any more
    return channel;
  });
  serve(api, calls.deleteChannelCall, 'channels:manage', async (ctx, { params }) => {
    await deleteChannel(ctx, params.id);
    await tellHealth(ctx);
  });
  serve(api, calls.testChannelCall, 'channels:manage', async (ctx, { params }) => {
    const delivery = await testChannel(ctx, means, params.id);
    await tellHealth(ctx);
    return delivery;
  });
  serve(api, calls.listDeliveriesCall, 'channels:manage', (_ctx, { query }) => listDeliveries(query));
  serve(api, calls.readAlertsHealthCall, 'alerts:health', (ctx) => readHealth(ctx.now()));
}
