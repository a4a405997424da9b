import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DicomHeader } from '#server/platform/dicom/header.ts';
import type { ReceivedInstance, StorageSink, StoreOutcome } from '#server/platform/dicom/storage.ts';
import { uidFolder } from '#server/platform/dicom/uids.ts';
import type { ContextFactory } from '#server/platform/context.ts';
import type { EventLog } from '#server/platform/events.ts';
import type { Log } from '#server/platform/log.ts';
import { judgeStudy } from './attach.ts';
import { createCounters, recountIncomplete } from './counters.ts';
import { createIndexWriter } from './index-writer.ts';
import { startJobs } from './jobs.ts';
import { forgetLost } from './lost.ts';
import { StudyModel } from './model.ts';
import { AssociationModel } from './monitor-model.ts';
import { createMonitor } from './monitor.ts';
import { sopClassName } from './sop-classes.ts';
import { createStatusBoard, type ReceptionSettings } from './status.ts';
import { loadWhiteList } from './white-list.ts';
import { createWorker } from './worker.ts';

const LISTEN_AGAIN_MS = 5000;
const MOST_WANTED = 500;

/** What reception needs of the process. */
export interface PacsDeps {
  settings: ReceptionSettings & {
    dataDir: string;
    timezone: string;
    /** Key and certificates, as PEM. */ pem?: { key: Buffer; cert: Buffer; ca?: Buffer };
  };
  contexts: ContextFactory;
  events: EventLog;
  now: () => Date;
  log: Log;
}

/** Reception as it runs: the port it listens on (0 while it does not), and how to end it. */
export interface Reception {
  port(): number;
  close(): Promise<void>;
}

/**
 * Receives: listens, admits by the white list, indexes what is stored before it is acknowledged, makes all of it visible. First it finishes what a crash
 * left. A port that is taken keeps nobody from working: the status tells, and it is tried again.
 */
export async function startReception(deps: PacsDeps): Promise<Reception> {
  const { contexts, events, now, log } = deps;
  const { dataDir, timezone, pem, ...settings } = deps.settings;
  const root = path.resolve(dataDir, 'dicom');
  await mkdir(root, { recursive: true });
  const ctx = contexts({ actor: { kind: 'system', id: null, name: 'PACS', role: null }, locale: 'fr', from: 'dicom' });
  const whiteList = await loadWhiteList(events, log);
  const counters = createCounters();
  const wanted = new Map<string, string[]>();
  const judging = createWorker<string>({ log, work: (uid) => judgeStudy(ctx, uid).then(() => monitor.studyChanged(uid)) });
  const writerDeps = { now, judge: (uid: string) => judging.add(uid), conflicted: () => monitor.statusChanged() };
  const writer = createIndexWriter({ counters, ...writerDeps });
  const status = await createStatusBoard({ settings, root, timezone, now, insertQueue: writer.waiting });
  const monitor = createMonitor({
    ctx,
    events,
    log,
    counters,
    status,
    peerOf: whiteList.peerOf,
    wantedBy: (title, address) => wanted.get(`${title}\n${address}`) ?? [],
  });

  const sink: StorageSink = {
    root,
    folderFor: (header: DicomHeader) => uidFolder(header),
    accept: (instance) => index(instance),
    acceptEarly: (instance, durable) => index(instance, durable),
  };
  async function index(instance: ReceivedInstance, durable?: Promise<void>): Promise<StoreOutcome> {
    const outcome = await writer.accept(instance, durable);
    if (outcome.kind === 'stored') monitor.stored(instance);
    return outcome;
  }

  await endLeftovers(now());
  const { startScp, recover, REJECT } = await dicom();
  // What is found again is counted with its whole study below; were it added to the counters too, it would be counted twice.
  const found = createCounters();
  const finisher = createIndexWriter({ counters: found, ...writerDeps });
  const recovered = await recover({ ...sink, accept: (instance) => finisher.accept(instance) });
  if (recovered.removed + recovered.finished + recovered.failed > 0) log.info(recovered, 'what the last end left was cleared up');
  const lost = await forgetLost(root);
  if (lost > 0) log.info({ lost }, 'rows of objects that never became whole were removed');
  for (const uid of await recountIncomplete(found.take().studies.keys())) monitor.studyChanged(uid);
  for (const { _id } of await StudyModel.find({ 'attachment.state': 'pending' }, { _id: 1 }).lean()) judging.add(_id);

  function remember(callingAeTitle: string, address: string, sopClasses: readonly string[]): void {
    if (wanted.size > MOST_WANTED) wanted.clear();
    wanted.set(`${callingAeTitle}\n${address}`, [...new Set(sopClasses.map(sopClassName))].slice(0, 8));
  }

  const listen = () =>
    startScp({
      host: settings.host,
      port: settings.port,
      ...(pem ? { tls: { ...pem, requireClientCertificate: pem.ca !== undefined } } : {}),
      sink,
      observer: monitor.observer,
      log,
      async admit(request) {
        remember(
          request.callingAeTitle,
          request.address,
          request.contexts.map(({ sopClass }) => sopClass),
        );
        const judged = await whiteList.judge(request, settings.aeTitle);
        if ('rights' in judged) return { rights: judged.rights };
        const refuse = judged.refused === 'called-ae-unknown' ? REJECT.calledAeNotRecognised : REJECT.callingAeNotRecognised;
        return { refuse, why: judged.refused };
      },
    });

  let scp: Awaited<ReturnType<typeof startScp>> | undefined;
  let again: NodeJS.Timeout | undefined;
  async function tryToListen(): Promise<void> {
    try {
      scp = await listen();
      status.listens(true);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      log.warn(
        { port: settings.port, code: taken ? 'EADDRINUSE' : 'failed', err: taken ? undefined : error },
        'DICOM reception does not listen',
      );
      status.listens(false, taken ? 'port' : 'failed');
      again = setTimeout(() => void tryToListen(), LISTEN_AGAIN_MS);
    }
    monitor.statusChanged();
  }
  await status.look();
  await tryToListen();

  const jobs = startJobs({ ctx, log, whiteList, monitor, status, counters, judging, completing: writer.completed, settings });
  const forget = events.listen((event) => {
    if (event.type !== 'pacs:command') return;
    const command = event.data as { command: 'abort'; association: string } | { command: 'echo' }; // written by this domain's service only
    if (command.command === 'echo') jobs.echoNow();
    else {
      const id = monitor.toAbort(command.association);
      if (id !== undefined) scp?.abort(id);
    }
  });

  return {
    port: () => scp?.port ?? 0,
    async close() {
      clearTimeout(again);
      forget();
      whiteList.close();
      await jobs.close();
      await scp?.close();
      await judging.close();
      status.listens(false, 'role');
      await monitor.close();
    },
  };
}

/** The library of associations takes time and memory: only a process that receives loads it. */
async function dicom() {
  const [{ startScp }, { recover }, { REJECT }] = await Promise.all([
    import('#server/platform/dicom/server.ts'),
    import('#server/platform/dicom/recover.ts'),
    import('#server/platform/dicom/rejection.ts'),
  ]);
  return { startScp, recover, REJECT };
}

/** Associations that ran when the process ended run no more. */
async function endLeftovers(at: Date): Promise<void> {
  await AssociationModel.updateMany(
    { endedAt: null },
    { $set: { endedAt: at, status: 'aborted', statusCode: '0xA801', reason: 'stopped', failed: true, recent: [] } },
  );
}
