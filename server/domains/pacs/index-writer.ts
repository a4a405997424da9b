import { Types } from 'mongoose';
import type { ReceivedInstance, StoreOutcome } from '#server/platform/dicom/storage.ts';
import { isDuplicate } from '#server/platform/mongo/faults.ts';
import { ConflictModel, InstanceModel, ArchivePatientModel, SeriesModel, StudyModel, type InstanceRow } from './model.ts';
import { archivePatientRowOf, instanceRowOf, patientKeyOf, seriesRowOf, studyRowOf } from './from-header.ts';
import { isImage, rtKindOf } from './sop-classes.ts';
import type { Counters } from './counters.ts';

const MOST_IN_A_BATCH = 200;
/** More remembered than this are forgotten all at once: they are only looked up again. */
const MOST_KNOWN = 20_000;

interface Waiting {
  instance: ReceivedInstance;
  /** Fulfilled once its file survives a crash. */
  durable: Promise<void>;
  resolve: (outcome: StoreOutcome | Promise<StoreOutcome>) => void;
  reject: (error: unknown) => void;
}

interface WriterDeps {
  counters: Counters;
  now: () => Date;
  /** A study was met for the first time, or its first images came: it must be judged. */
  judge: (studyUid: string) => void;
  /** Other content came under a known UID. */
  conflicted: () => void;
}

/**
 * Writes the index of what is received. Instances that wait while a batch is written make the next batch: one insertion, which is durable before any of
 * them is acknowledged. The identifier of the row is the SOP Instance UID, so the same instance cannot be there twice. Rows of patient, study and
 * series are written before their first instance; their counters follow in bulk (`counters.ts`) and are counted anew after a crash.
 */
export function createIndexWriter({ counters, now, judge, conflicted }: WriterDeps) {
  const waiting: Waiting[] = [];
  const knownStudies = new Map<string, { patientKey: string; images: boolean; mixed: boolean }>();
  const knownSeries = new Set<string>();
  let running = false;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      try {
        const outcomes = await write(batch);
        batch.forEach(({ resolve }, index) => resolve(outcomes[index] ?? { kind: 'failed' }));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  /** Resolves once the rows survive a crash; the outcomes wait for the files too, and hold up no other batch. */
  async function write(batch: readonly Waiting[]): Promise<Promise<StoreOutcome>[]> {
    const toJudge = new Set<string>();
    for (const { instance } of batch) await ensureParents(instance, toJudge);
    const rows = batch.map(({ instance }) => instanceRowOf(instance));
    const taken = await insertNew(rows);
    const existing = taken.size === 0 ? [] : await InstanceModel.find({ _id: { $in: [...taken] } }).lean();
    const byUid = new Map(existing.map((row) => [row._id, row]));
    return batch.map(async ({ instance, durable }, index): Promise<StoreOutcome> => {
      const row = rows[index];
      const before = byUid.get(instance.sopInstanceUid);
      await (row && !before ? durable.catch((error: unknown) => forget(row, error)) : durable);
      // Judged only once its first instance is there: a study without any is none.
      if (toJudge.delete(instance.studyInstanceUid)) judge(instance.studyInstanceUid);
      if (before) return again(before, instance);
      if (!row) return { kind: 'failed' };
      counters.add(instance, row);
      return { kind: 'stored' };
    });
  }

  /** The file could not be made durable: its row, which nobody was told of, goes. Should that fail, the next start does it. @throws why there is no file */
  async function forget({ _id, checksum, path }: InstanceRow, why: unknown): Promise<never> {
    await InstanceModel.deleteOne({ _id, checksum, path }).catch(() => undefined);
    throw why;
  }

  /** The instance is known: the same content, perhaps the very file (found again after a crash), or another that is kept aside. */
  async function again(before: InstanceRow, instance: ReceivedInstance): Promise<StoreOutcome> {
    if (before.checksum !== instance.sha256) {
      await ConflictModel.updateOne(
        { instanceUid: before._id, checksum: instance.sha256 },
        {
          $setOnInsert: {
            studyUid: instance.studyInstanceUid,
            sizeBytes: instance.fileBytes,
            path: instance.conflictPath,
            at: now(),
            from: instance.callingAeTitle,
          },
        },
        { upsert: true },
      );
      conflicted();
      return { kind: 'conflict' };
    }
    return { kind: 'same', path: before.path };
  }

  async function ensureParents(instance: ReceivedInstance, toJudge: Set<string>): Promise<void> {
    const { studyInstanceUid: studyUid, seriesInstanceUid: seriesUid } = instance;
    const seriesKey = `${studyUid}/${seriesUid}`;
    const patientKey = patientKeyOf(instance.header);
    const known = knownStudies.get(studyUid) ?? (await ensureStudy(instance, patientKey, toJudge));
    if (known.patientKey !== patientKey && !known.mixed) await markMixed(studyUid, known);
    if (rtKindOf(instance.sopClassUid) === 'RTSTRUCT') toJudge.add(studyUid);
    if (knownSeries.has(seriesKey)) return;
    const row = seriesRowOf(instance, now());
    const made = await SeriesModel.updateOne({ _id: seriesUid }, { $setOnInsert: row }, { upsert: true });
    if (made.upsertedCount > 0) counters.addSeries(studyUid);
    if (!known.images && isImage(row.modality)) await firstImages(studyUid, known, toJudge);
    knownSeries.add(seriesKey);
    if (knownSeries.size > MOST_KNOWN) knownSeries.clear();
  }

  async function ensureStudy(instance: ReceivedInstance, patientKey: string, toJudge: Set<string>) {
    const at = now();
    const person = archivePatientRowOf(instance.header, patientKey, at);
    const patient = await ArchivePatientModel.findOneAndUpdate(
      { key: patientKey },
      { $setOnInsert: { _id: new Types.ObjectId(), ...person } },
      { upsert: true, returnDocument: 'after' },
    ).lean();
    const row = studyRowOf(instance, patient._id.toHexString(), at);
    const made = await StudyModel.updateOne({ _id: instance.studyInstanceUid }, { $setOnInsert: row }, { upsert: true });
    const study =
      made.upsertedCount > 0 ? { ...row, _id: instance.studyInstanceUid } : await StudyModel.findById(instance.studyInstanceUid).lean();
    if (!study) throw new Error('a study that was just written is not there');
    // Open before its next row is there: what a crash leaves is looked for in open studies.
    if (study.complete) await StudyModel.updateOne({ _id: instance.studyInstanceUid }, { $set: { complete: false, lastAt: at } });
    const first = await ArchivePatientModel.findById(study.archivePatient).lean();
    const known = { patientKey: first?.key ?? patientKey, images: study.images, mixed: study.mixed };
    if (knownStudies.size > MOST_KNOWN) knownStudies.clear();
    knownStudies.set(instance.studyInstanceUid, known);
    if (study.attachment.state === 'pending') toJudge.add(instance.studyInstanceUid);
    return known;
  }

  /** Instances of two patients under one study: it is told, and waits for a person unless it is attached already. */
  async function markMixed(studyUid: string, known: { mixed: boolean }): Promise<void> {
    known.mixed = true;
    await StudyModel.updateOne({ _id: studyUid }, { $set: { mixed: true } });
    await StudyModel.updateOne(
      { _id: studyUid, 'attachment.state': { $in: ['pending', 'waiting'] } },
      { $set: { 'attachment.state': 'waiting', 'attachment.reason': 'two-patients' } },
    );
    counters.touch(studyUid);
  }

  async function firstImages(studyUid: string, known: { images: boolean }, toJudge: Set<string>): Promise<void> {
    known.images = true;
    const found = await StudyModel.updateOne({ _id: studyUid, images: false }, { $set: { images: true } });
    if (found.modifiedCount > 0) toJudge.add(studyUid);
  }

  const hasParents = ({ studyInstanceUid: study, seriesInstanceUid: series }: ReceivedInstance) =>
    knownStudies.has(study) && knownSeries.has(`${study}/${series}`);

  return {
    /**
     * Indexes an instance; resolves when its row and its file survive a crash. Its row is written while its file still becomes `durable`, unless it is
     * the first of its series: no study is there before a file of it.
     */
    async accept(instance: ReceivedInstance, durable: Promise<void> = Promise.resolve()): Promise<StoreOutcome> {
      if (!hasParents(instance)) await durable;
      return new Promise((resolve, reject) => {
        waiting.push({ instance, durable, resolve, reject });
        void run();
      });
    },
    /** A study is complete: should more come, it is opened again before. */
    completed: (studyUid: string) => void knownStudies.delete(studyUid),
    /** How many wait for their row. */
    waiting: () => waiting.length,
  };
}

/** The next instances, no UID twice: the second of two equal ones must find the first. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const uids = new Set<string>();
  const batch: Waiting[] = [];
  for (let index = 0; index < waiting.length && batch.length < MOST_IN_A_BATCH;) {
    const next = waiting[index];
    if (!next || uids.has(next.instance.sopInstanceUid)) {
      index += 1;
      continue;
    }
    uids.add(next.instance.sopInstanceUid);
    batch.push(next);
    waiting.splice(index, 1);
  }
  return batch;
}

const DUPLICATE = 11_000;

/** Inserts all that is not there yet, in one round trip; the identifiers that were there. */
async function insertNew(rows: readonly InstanceRow[]): Promise<Set<string>> {
  const [only] = rows;
  try {
    // The driver's own calls: casting and hydrating every row would cost more than its insertion, and one alone is quicker still.
    if (only && rows.length === 1)
      await InstanceModel.collection.insertOne(only as never); // the driver types every identifier as an ObjectId
    else await InstanceModel.collection.insertMany(rows as never, { ordered: false }); // likewise
    return new Set();
  } catch (error) {
    if (only && rows.length === 1 && isDuplicate(error)) return new Set([only._id]);
    const faults = writeErrorsOf(error);
    if (faults.length === 0 || faults.some(({ code }) => code !== DUPLICATE)) throw error;
    return new Set(faults.map(({ index }) => rows[index]?._id ?? ''));
  }
}

function writeErrorsOf(error: unknown): { code: number; index: number }[] {
  if (!(error instanceof Error) || !('writeErrors' in error)) return [];
  const { writeErrors } = error; // of the driver: one or several
  return [writeErrors].flat() as { code: number; index: number }[]; // as the driver documents them
}
