import { z } from 'zod';
import { endpoint } from '../http.ts';
import { IdParams, Nothing } from '../schemas.ts';
import { AlertsHealth, ChangeChannel, Channel, CreateChannel, Delivery, DeliveryPage, DeliveryQuery } from './schemas.ts';

export const listChannelsCall = endpoint({
  method: 'get',
  path: '/api/admin/channels',
  summary: 'The channels by which alerts leave, by name; without the addresses of Teams channels, which are secrets',
  reply: z.array(Channel),
});

export const createChannelCall = endpoint({
  method: 'post',
  path: '/api/admin/channels',
  summary: 'Adds a channel',
  body: CreateChannel,
  reply: Channel,
  status: 201,
});

export const changeChannelCall = endpoint({
  method: 'put',
  path: '/api/admin/channels/:id',
  summary: 'Changes a channel; an address that is not given stays',
  params: IdParams,
  body: ChangeChannel,
  reply: Channel,
});

export const deleteChannelCall = endpoint({
  method: 'delete',
  path: '/api/admin/channels/:id',
  summary: 'Removes a channel; what still waits for it is given up',
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const testChannelCall = endpoint({
  method: 'post',
  path: '/api/admin/channels/:id/test',
  summary: 'Sends a test alert to a channel now and answers with its outcome',
  params: IdParams,
  reply: Delivery,
});

export const listDeliveriesCall = endpoint({
  method: 'get',
  path: '/api/admin/deliveries',
  summary: 'Alerts on their way and sent, the latest first; kept for 90 days',
  query: DeliveryQuery,
  reply: DeliveryPage,
});

export const readAlertsHealthCall = endpoint({
  method: 'get',
  path: '/api/alerts/health',
  summary: 'Whether alerts leave',
  reply: AlertsHealth,
});
