import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { ErrorBody } from '#shared/errors.ts';
import { listChannelsCall } from '#shared/notifications/api.ts';
import { startTestApp } from '#server/testing/app.ts';
import { statusesOf } from '#server/testing/footprint.ts';

const CHANNELS = '/api/admin/channels';

describe('the settings', () => {
  it('give the first channel by TEAMS_WEBHOOK_URL, whose address stands in no database and is changed there only', async () => {
    const url = 'https://prod-1.example.invalid/workflows/x?sig=hush-hush';
    const first = await startTestApp({ env: { PUBLIC_URL: 'https://vigie.example', TEAMS_WEBHOOK_URL: url } });
    try {
      const person = await first.as('admin');
      const [channel] = await person.call(listChannelsCall);
      expect(channel).toMatchObject({
        name: 'Teams',
        fromSettings: true,
        host: 'prod-1.example.invalid',
        subjects: ['qa.weekly', 'qa.red', 'system'],
      });
      const at = `${CHANNELS}/${channel?.id}`;
      const fields = { name: 'Tous', subjects: ['system'], quiet: null, active: true, version: 1 };
      expect(
        await statusesOf([
          [person, 'DELETE', at],
          [person, 'PUT', at, { ...fields, url }],
          [person, 'PUT', at, fields],
        ]),
      ).toEqual([422, 422, 200]);
      expect(JSON.stringify(await mongoose.connection.collection('channels').find().toArray())).not.toContain('hush');
    } finally {
      await first.close();
    }
  });

  it.each([undefined, 'http://localhost:3000'])('with PUBLIC_URL %j refuse a channel: its links would lead nowhere', async (url) => {
    const closed = await startTestApp(url === undefined ? {} : { env: { PUBLIC_URL: url } });
    try {
      const body = { kind: 'mail', name: 'Astreinte', subjects: [], addresses: ['a@example.org'] };
      const answer = await (await closed.as('admin')).request<ErrorBody>('POST', CHANNELS, body);
      expect([answer.status, JSON.stringify(answer.body.error.details)]).toEqual([422, expect.stringContaining('public_url')]);
    } finally {
      await closed.close();
    }
  });
});
