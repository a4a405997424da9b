import { z } from 'zod';
import { endpoint } from '../http.ts';
import { IdParams, Nothing, PageQuery, pageOf } from '../schemas.ts';
import {
  AdmitRefusal,
  ArchivePatient,
  ArchivePatientsQuery,
  AssociationsCsvQuery,
  AssociationsPage,
  AssociationsQuery,
  AttachStudy,
  ChangePeer,
  CreatePeer,
  Instance,
  PacsRefusal,
  PacsStatus,
  PacsSummary,
  Peer,
  PeerLight,
  Series,
  StudiesQuery,
  Study,
  Tag,
  UidParams,
} from './schemas.ts';

export const readPacsStatusCall = endpoint({
  method: 'get',
  path: '/api/pacs/status',
  summary: 'Whether DICOM reception listens, and how it does',
  reply: PacsStatus,
});

export const readPacsSummaryCall = endpoint({
  method: 'get',
  path: '/api/pacs/summary',
  summary: 'Reception in figures, for the tile of a wall; the topic wall tells when they change',
  reply: PacsSummary,
});

export const listPeersCall = endpoint({
  method: 'get',
  path: '/api/pacs/peers',
  summary: 'The white list: who may call, with the rights per command',
  reply: z.array(Peer),
});

export const createPeerCall = endpoint({
  method: 'post',
  path: '/api/pacs/peers',
  summary: 'Adds a peer to the white list; 409 peer.exists',
  body: CreatePeer,
  reply: Peer,
  status: 201,
});

export const changePeerCall = endpoint({
  method: 'patch',
  path: '/api/pacs/peers/:id',
  summary: 'Changes a peer; 409 peer.changed with the current state, peer.exists',
  params: IdParams,
  body: ChangePeer,
  reply: Peer,
});

export const deletePeerCall = endpoint({
  method: 'delete',
  path: '/api/pacs/peers/:id',
  summary: 'Takes a peer off the white list: from now on its calls are refused',
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const listPeerLightsCall = endpoint({
  method: 'get',
  path: '/api/pacs/lights',
  summary: 'How every peer does: last echoes, last reception, silence',
  reply: z.array(PeerLight),
});

export const echoPeersCall = endpoint({
  method: 'post',
  path: '/api/pacs/echo',
  summary: 'Echoes all peers now; the answers come on the topic pacs. 503 pacs.away when nobody listens',
  reply: Nothing,
  status: 204,
});

export const listAssociationsCall = endpoint({
  method: 'get',
  path: '/api/pacs/associations',
  summary: 'Associations, newest first: those that run, or the history of 90 days',
  query: AssociationsQuery,
  reply: AssociationsPage,
});

export const abortAssociationCall = endpoint({
  method: 'post',
  path: '/api/pacs/associations/:id/abort',
  summary: 'Aborts an association that runs; 409 association.ended',
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const listRefusalsCall = endpoint({
  method: 'get',
  path: '/api/pacs/refusals',
  summary: 'Callers that were refused and about whom nobody has decided yet, latest first',
  reply: z.array(PacsRefusal),
});

export const admitRefusalCall = endpoint({
  method: 'post',
  path: '/api/pacs/refusals/:id/admit',
  summary: 'Admits a refused caller: it becomes a peer; 409 refusal.settled, peer.exists',
  params: IdParams,
  body: AdmitRefusal,
  reply: Peer,
  status: 201,
});

export const ignoreRefusalCall = endpoint({
  method: 'post',
  path: '/api/pacs/refusals/:id/ignore',
  summary: 'Leaves a refused caller refused and takes it off the list; 409 refusal.settled',
  params: IdParams,
  reply: Nothing,
  status: 204,
});

export const listArchivePatientsCall = endpoint({
  method: 'get',
  path: '/api/pacs/patients',
  summary: 'Patients of the archive, latest received first',
  query: ArchivePatientsQuery,
  reply: pageOf(ArchivePatient),
});

export const listStudiesCall = endpoint({
  method: 'get',
  path: '/api/pacs/studies',
  summary: 'Studies, latest received first; of a dossier, of a patient of the archive, or searched',
  query: StudiesQuery,
  reply: pageOf(Study),
});

export const readStudyCall = endpoint({
  method: 'get',
  path: '/api/pacs/studies/:uid',
  summary: 'One study with its series',
  params: UidParams,
  reply: z.strictObject({ study: Study, series: z.array(Series) }),
});

export const readSeriesCall = endpoint({
  method: 'get',
  path: '/api/pacs/series/:uid',
  summary: 'One series with its instances, page by page in the order of their numbers',
  params: UidParams,
  query: PageQuery,
  reply: z.strictObject({ series: Series, items: z.array(Instance), next: z.string().optional() }),
});

export const readTagsCall = endpoint({
  method: 'get',
  path: '/api/pacs/instances/:uid/tags',
  summary: 'The header of an instance; identity only for who may see studies',
  params: UidParams,
  reply: z.strictObject({ instance: Instance, tags: z.array(Tag), identityHidden: z.boolean() }),
});

export const listUnattachedCall = endpoint({
  method: 'get',
  path: '/api/pacs/unattached',
  summary: 'Studies that no dossier took, with the reason: the list "à rattacher", latest first',
  query: PageQuery,
  reply: pageOf(Study),
});

export const attachStudyCall = endpoint({
  method: 'post',
  path: '/api/pacs/studies/:uid/attach',
  summary: 'Attaches a study to a dossier and ticks exams_imported there; 409 study.attached, 422 dossier.closed',
  params: UidParams,
  body: AttachStudy,
  reply: Study,
});

export const ASSOCIATIONS_CSV_PATH = '/api/pacs/associations.csv';

/** A page links to it: UTF-8 with a byte order mark, columns parted by `;`. */
export const associationsCsvCall = endpoint({
  method: 'get',
  path: ASSOCIATIONS_CSV_PATH,
  summary: 'The history as a file for a spreadsheet, with the filters of the list',
  query: AssociationsCsvQuery,
  reply: z.string(),
  mediaType: 'text/csv; charset=utf-8',
});
