import { listArchivePatientsCall, listStudiesCall, readSeriesCall, readStudyCall, readTagsCall } from '#shared/pacs/api.ts';
import type { ArchivePatient, Instance, Series, Study, Tag } from '#shared/pacs/schemas.ts';
import { call } from '../api/index.ts';
import { PagedList } from '../forms/paged.svelte.ts';
import type { Fact } from '../live/index.ts';
import { LiveResource } from '../live/resource.svelte.ts';

const PAGE = 100;
const TYPING_MS = 250;

/** The archive from its top: patients or studies, by what is typed. */
export class ArchiveSearch {
  by = $state<'patients' | 'studies'>('patients');
  text = $state('');
  patients = new PagedList<ArchivePatient>((cursor) => call(listArchivePatientsCall, { query: { q: this.text, limit: PAGE, cursor } }));
  studies = new PagedList<Study>((cursor) => call(listStudiesCall, { query: { q: this.text, limit: PAGE, cursor } }));
  #timer: ReturnType<typeof setTimeout> | undefined;

  get list(): PagedList<ArchivePatient> | PagedList<Study> {
    return this.by === 'patients' ? this.patients : this.studies;
  }

  choose(by: 'patients' | 'studies'): void {
    this.by = by;
    void this.list.reload();
  }

  /** Searches when the person stops typing. */
  search(text: string): void {
    if (text === this.text) return;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.list.reload(), TYPING_MS);
  }
}

/** The studies of one patient of the archive. */
export function studiesOf(patient: string): PagedList<Study> {
  return new PagedList((cursor) => call(listStudiesCall, { query: { patient, limit: PAGE, cursor } }));
}

/** The studies of a dossier, live. */
export function studiesOfDossier(dossier: string): LiveResource<Study[]> {
  return new LiveResource<Study[]>({
    topics: ['pacs'],
    load: async (signal) => (await call(listStudiesCall, { query: { dossier, limit: PAGE } }, { signal })).items,
    apply: (studies, fact) => withStudies(studies, fact, (study) => study.attachment.dossier === dossier),
  });
}

/** A list of studies after a fact: those that belong to it come in on top, those that no longer do go. */
export function withStudies(studies: Study[], fact: Fact, belongs: (study: Study) => boolean): Study[] {
  if (fact.type !== 'pacs:studies') return studies;
  const { changed } = fact.data;
  const fresh = changed.filter((study) => !studies.some((known) => known.uid === study.uid));
  const kept = studies.map((study) => changed.find((newer) => newer.uid === study.uid) ?? study);
  return [...fresh, ...kept].filter(belongs);
}

export interface StudyWithSeries {
  study: Study;
  series: Series[];
}

/** One study with its series, while it comes in too. */
export function studyLive(uid: string): LiveResource<StudyWithSeries> {
  return new LiveResource<StudyWithSeries>({
    topics: [`study:${uid}`],
    load: (signal) => call(readStudyCall, { params: { uid } }, { signal }),
  });
}

/** One series with its instances, page by page. */
export class SeriesPage {
  series = $state.raw<Series>();
  instances: PagedList<Instance>;

  constructor(uid: string) {
    this.instances = new PagedList<Instance>(async (cursor) => {
      const page = await call(readSeriesCall, { params: { uid }, query: { limit: PAGE, cursor } });
      this.series = page.series;
      return page;
    });
  }
}

/** The header of one instance. */
export class TagsPage {
  data = $state.raw<{ instance: Instance; tags: Tag[]; identityHidden: boolean }>();
  error = $state.raw<unknown>();
  filter = $state('');
  shown = $derived(matching(this.data?.tags ?? [], this.filter));
  #uid: string;

  constructor(uid: string) {
    this.#uid = uid;
  }

  async read(): Promise<void> {
    this.error = undefined;
    try {
      this.data = await call(readTagsCall, { params: { uid: this.#uid } });
    } catch (error) {
      this.error = error;
    }
  }
}

/** Tags whose number, name or value holds what is typed. */
export function matching(tags: readonly Tag[], text: string): Tag[] {
  const wanted = text.trim().toLowerCase().replaceAll(/[(),]/g, '');
  if (wanted === '') return [...tags];
  return tags.filter(({ tag, keyword, value }) => [tag, keyword, value].some((one) => one?.toLowerCase().includes(wanted)));
}
