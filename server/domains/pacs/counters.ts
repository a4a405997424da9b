import type { ReceivedInstance } from '#server/platform/dicom/storage.ts';
import { rtObjectOf } from './from-header.ts';
import { ArchivePatientModel, InstanceModel, SeriesModel, StudyModel, type InstanceRow, type RtObjectRow, type StudyRow } from './model.ts';
import { RT_CLASSES, rtKindOf } from './sop-classes.ts';

const MOST_RT_OBJECTS = 100;

interface Growth {
  instances: number;
  bytes: number;
  lastAt: Date | null;
}
interface StudyGrowth extends Growth {
  series: number;
  modalities: Set<string>;
  rtObjects: RtObjectRow[];
}

/** By how much studies and series grew since it was taken last. */
export interface Grown {
  studies: Map<string, StudyGrowth>;
  series: Map<string, Growth>;
}

export type Counters = ReturnType<typeof createCounters>;

/** Collects how studies and series grow, so that a thousand instances are one write of their counters. */
export function createCounters() {
  let grown: Grown = { studies: new Map(), series: new Map() };

  function studyOf(uid: string): StudyGrowth {
    const known = grown.studies.get(uid);
    if (known) return known;
    const fresh: StudyGrowth = { instances: 0, bytes: 0, lastAt: null, series: 0, modalities: new Set(), rtObjects: [] };
    grown.studies.set(uid, fresh);
    return fresh;
  }

  return {
    /** An instance was indexed. */
    add(instance: ReceivedInstance, row: InstanceRow): void {
      const study = studyOf(row.studyUid);
      const series = grown.series.get(row.seriesUid) ?? { instances: 0, bytes: 0, lastAt: null };
      grown.series.set(row.seriesUid, series);
      for (const growth of [study, series]) {
        growth.instances += 1;
        growth.bytes += row.sizeBytes;
        growth.lastAt = row.storedAt;
      }
      const { Modality } = instance.header.values;
      if (Modality) study.modalities.add(Modality);
      const rt = rtObjectOf(instance);
      if (rt) study.rtObjects.push(rt);
    },
    addSeries: (studyUid: string) => void (studyOf(studyUid).series += 1),
    /** A study changed otherwise and must be told anew. */
    touch: (studyUid: string) => void studyOf(studyUid),
    isWaiting: (studyUid: string) => grown.studies.has(studyUid),
    isEmpty: () => grown.studies.size === 0,
    /** Takes what has grown; give it back if it could not be written. */
    take(): Grown {
      const taken = grown;
      grown = { studies: new Map(), series: new Map() };
      return taken;
    },
    putBack(taken: Grown): void {
      for (const [uid, growth] of taken.studies) {
        const study = studyOf(uid);
        mergeInto(study, growth);
        study.series += growth.series;
        study.rtObjects.unshift(...growth.rtObjects);
        for (const modality of growth.modalities) study.modalities.add(modality);
      }
      for (const [uid, growth] of taken.series) {
        const series = grown.series.get(uid) ?? { instances: 0, bytes: 0, lastAt: null };
        grown.series.set(uid, series);
        mergeInto(series, growth);
      }
    },
  };
}

/** Writes how studies, series and patients grew; within a transaction. Resolves to the studies as they are now. */
export async function applyGrowth({ studies, series }: Grown): Promise<StudyRow[]> {
  const uids = [...studies.keys()];
  if (uids.length === 0) return [];
  if (series.size > 0) {
    await SeriesModel.bulkWrite([...series].map(([_id, growth]) => ({ updateOne: { filter: { _id }, update: growthUpdate(growth) } })));
  }
  const grew = [...studies].filter(([, growth]) => growth.lastAt !== null || growth.series > 0);
  if (grew.length > 0) {
    await StudyModel.bulkWrite(grew.map(([_id, growth]) => ({ updateOne: { filter: { _id }, update: studyUpdate(growth) } })));
  }
  const rows = await StudyModel.find({ _id: { $in: uids } }).lean();
  await countPatients([...new Set(rows.map(({ archivePatient }) => archivePatient))]);
  return rows;
}

/**
 * Counts the studies that were being received when the process ended (what had been collected in memory is gone with it), and those in which
 * instances were found since.
 */
export async function recountIncomplete(foundIn: Iterable<string>): Promise<string[]> {
  const open = await StudyModel.find({ complete: false }, { _id: 1 }).lean();
  const uids = [...new Set([...open.map(({ _id }) => _id), ...foundIn])];
  for (const uid of uids) await recount(uid);
  return uids;
}

async function recount(studyUid: string): Promise<void> {
  const bySeries = await InstanceModel.aggregate<{ _id: string; instances: number; bytes: number; lastAt: Date }>([
    { $match: { studyUid } },
    { $group: { _id: '$seriesUid', instances: { $sum: 1 }, bytes: { $sum: '$sizeBytes' }, lastAt: { $max: '$storedAt' } } },
  ]);
  // Its rows come before its first instance: a crash in between leaves them empty.
  if (bySeries.length === 0) {
    await SeriesModel.deleteMany({ studyUid });
    await StudyModel.deleteOne({ _id: studyUid });
    return;
  }
  for (const { _id, ...counted } of bySeries) await SeriesModel.updateOne({ _id }, { $set: counted });
  const series = await SeriesModel.find({ _id: { $in: bySeries.map(({ _id }) => _id) } }).lean();
  await StudyModel.updateOne(
    { _id: studyUid },
    {
      $set: {
        complete: false,
        series: bySeries.length,
        instances: bySeries.reduce((total, one) => total + one.instances, 0),
        bytes: bySeries.reduce((total, one) => total + one.bytes, 0),
        lastAt: new Date(Math.max(...bySeries.map(({ lastAt }) => lastAt.getTime()))),
        modalities: [...new Set(series.flatMap(({ modality }) => modality ?? []))],
        rtObjects: await rtObjectsOf(studyUid),
      },
    },
  );
}

/** The planning objects of a study from its instances; labels stay where they were known. */
async function rtObjectsOf(studyUid: string): Promise<RtObjectRow[]> {
  const study = await StudyModel.findById(studyUid).lean();
  const labels = new Map(study?.rtObjects.map(({ instanceUid, label }) => [instanceUid, label]));
  const rows = await InstanceModel.find({ studyUid, sopClassUid: { $in: RT_CLASSES } })
    .sort({ storedAt: -1 })
    .limit(MOST_RT_OBJECTS)
    .lean();
  return rows.reverse().flatMap((row) => {
    const kind = rtKindOf(row.sopClassUid);
    return kind ? [{ kind, seriesUid: row.seriesUid, instanceUid: row._id, label: labels.get(row._id) ?? null, at: row.storedAt }] : [];
  });
}

async function countPatients(ids: readonly string[]): Promise<void> {
  const counted = await StudyModel.aggregate<{ _id: string; studies: number; instances: number; bytes: number; lastAt: Date }>([
    { $match: { archivePatient: { $in: ids } } },
    {
      $group: {
        _id: '$archivePatient',
        studies: { $sum: 1 },
        instances: { $sum: '$instances' },
        bytes: { $sum: '$bytes' },
        lastAt: { $max: '$lastAt' },
      },
    },
  ]);
  for (const { _id, ...figures } of counted) await ArchivePatientModel.updateOne({ _id }, { $set: figures });
}

function growthUpdate({ instances, bytes, lastAt }: Growth) {
  return { $inc: { instances, bytes }, ...(lastAt ? { $max: { lastAt } } : {}) };
}

function studyUpdate({ series, modalities, rtObjects, ...growth }: StudyGrowth) {
  return {
    $inc: { instances: growth.instances, bytes: growth.bytes, series },
    ...(growth.lastAt ? { $max: { lastAt: growth.lastAt } } : {}),
    $set: { complete: false },
    $addToSet: { modalities: { $each: [...modalities] } },
    ...(rtObjects.length > 0 ? { $push: { rtObjects: { $each: rtObjects, $slice: -MOST_RT_OBJECTS } } } : {}),
  };
}

function mergeInto(into: Growth, growth: Growth): void {
  into.instances += growth.instances;
  into.bytes += growth.bytes;
  if (growth.lastAt && (!into.lastAt || into.lastAt < growth.lastAt)) into.lastAt = growth.lastAt;
}
