import path from 'node:path';
import {
  abortAssociationCall,
  admitRefusalCall,
  associationsCsvCall,
  attachStudyCall,
  changePeerCall,
  createPeerCall,
  deletePeerCall,
  echoPeersCall,
  ignoreRefusalCall,
  listArchivePatientsCall,
  listAssociationsCall,
  listPeerLightsCall,
  listPeersCall,
  listRefusalsCall,
  listStudiesCall,
  listUnattachedCall,
  readPacsStatusCall,
  readPacsSummaryCall,
  readSeriesCall,
  readStudyCall,
  readTagsCall,
} from '#shared/pacs/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { listArchivePatients, listStudies, listUnattached, readInstanceTags, readSeries, readStudy } from './archive.ts';
import { attachStudy } from './attach.ts';
import { abortAssociation, associationsCsv, echoPeersNow, listAssociations } from './history.ts';
import { admitRefusal, changePeer, createPeer, deletePeer, ignoreRefusal, listLights, listPeers, listRefusals } from './peers.ts';
import { readStatus, type ReceptionSettings } from './status.ts';
import { pacsSummary } from './summary.ts';

/** Mounts the calls on reception, the white list and the archive. */
export function mountPacs(api: Api, { settings, dataDir }: { settings: ReceptionSettings; dataDir: string }): void {
  const root = path.resolve(dataDir, 'dicom');
  serve(api, readPacsStatusCall, 'pacs:monitor', (ctx) => readStatus(settings, ctx.now()));
  serve(api, readPacsSummaryCall, 'wall:read', (ctx) => pacsSummary(settings, ctx.now()));
  serve(api, listPeersCall, 'pacs:monitor', () => listPeers());
  serve(api, createPeerCall, 'pacs:manage', (ctx, { body }) => createPeer(ctx, body));
  serve(api, changePeerCall, 'pacs:manage', (ctx, { params, body }) => changePeer(ctx, params.id, body));
  serve(api, deletePeerCall, 'pacs:manage', (ctx, { params }) => deletePeer(ctx, params.id));
  serve(api, listPeerLightsCall, 'pacs:lights', (ctx) => listLights(ctx.now()));
  serve(api, echoPeersCall, 'pacs:manage', (ctx) => echoPeersNow(ctx, settings));
  serve(api, listAssociationsCall, 'pacs:monitor', (ctx, { query }) => listAssociations(ctx, query));
  serve(api, associationsCsvCall, 'pacs:monitor', (_ctx, { query }) => associationsCsv(query));
  serve(api, abortAssociationCall, 'pacs:manage', (ctx, { params }) => abortAssociation(ctx, params.id, settings));
  serve(api, listRefusalsCall, 'pacs:monitor', () => listRefusals());
  serve(api, admitRefusalCall, 'pacs:manage', (ctx, { params, body }) => admitRefusal(ctx, params.id, body));
  serve(api, ignoreRefusalCall, 'pacs:manage', (ctx, { params }) => ignoreRefusal(ctx, params.id));
  serve(api, listArchivePatientsCall, 'pacs:images', (ctx, { query }) => listArchivePatients(ctx, query));
  serve(api, listStudiesCall, 'pacs:images', (ctx, { query }) => listStudies(ctx, query));
  serve(api, listUnattachedCall, 'pacs:images', (ctx, { query }) => listUnattached(ctx, query));
  serve(api, readStudyCall, 'pacs:images', (ctx, { params }) => readStudy(ctx, params.uid));
  serve(api, readSeriesCall, 'pacs:images', (ctx, { params, query }) => readSeries(ctx, params.uid, query));
  serve(api, readTagsCall, 'pacs:tags', (ctx, { params }) => readInstanceTags(ctx, params.uid, root));
  serve(api, attachStudyCall, 'pacs:attach', (ctx, { params, body }) => attachStudy(ctx, params.uid, body.dossierId));
}
