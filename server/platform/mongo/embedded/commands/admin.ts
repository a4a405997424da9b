import type { Call } from '../engine.ts';
import { intOrLong, Long, newDoc, ObjectId, Timestamp, type Doc } from '../values.ts';
import { maxDocumentBytes } from '../view.ts';
import { maxMessageBytes, okReply } from '../wire.ts';

const electionId = new ObjectId();
const host = 'localhost:27017'; // drivers connect directly, by the socket: the name is for show

/** What a primary of a replica set says; without a set's name drivers would not retry writes. No topologyVersion: that would ask for streamed answers. */
export function hello(call: Call): Doc {
  const now = call.engine.options.now();
  const opTime = newDoc({ ts: new Timestamp({ t: Math.floor(now / 1000), i: 1 }), t: Long.fromNumber(1) });
  return okReply({
    helloOk: true,
    [call.name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    setName: 'vigie',
    setVersion: 1,
    secondary: false,
    hosts: [host],
    primary: host,
    me: host,
    electionId,
    maxBsonObjectSize: maxDocumentBytes,
    maxMessageSizeBytes: maxMessageBytes,
    maxWriteBatchSize: 100_000,
    localTime: new Date(now),
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    lastWrite: newDoc({ opTime, lastWriteDate: new Date(now) }),
  });
}

export const ping = (): Doc => okReply();

export function buildInfo(): Doc {
  const versionArray = [7, 0, 0, 0].map(intOrLong);
  return okReply({ version: '7.0.0', versionArray, modules: ['vigie-embedded'], bits: 64, maxBsonObjectSize: maxDocumentBytes });
}
