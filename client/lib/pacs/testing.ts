import type { Association } from '#shared/pacs/schemas.ts';

/** An association for a test. */
export function association(fields: Partial<Association> = {}): Association {
  return {
    id: 'a',
    service: 'SCP',
    action: 'CSTORE',
    callingAeTitle: 'SCANNER1',
    calledAeTitle: 'VIGIE',
    address: '10.20.4.31',
    port: 51_844,
    peer: null,
    startedAt: '2026-11-20T13:00:00.000Z',
    endedAt: null,
    updatedAt: '2026-11-20T13:00:00.000Z',
    messages: 0,
    bytes: 0,
    messagesPerSecond: 0,
    bytesPerSecond: 0,
    recent: [],
    simultaneous: 1,
    studyUid: null,
    seriesUid: null,
    instanceUid: null,
    modality: null,
    seriesNumber: null,
    seriesDescription: null,
    status: 'pending',
    statusCode: null,
    reason: null,
    rejection: null,
    failures: 0,
    note: null,
    ...fields,
  };
}
