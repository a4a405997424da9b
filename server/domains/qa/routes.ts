import {
  askOverrideCall,
  cancelOutageCall,
  confirmOverrideCall,
  endOverrideCall,
  enterDailyCall,
  justifyCall,
  listControlsCall,
  listLightsCall,
  machineStatusCall,
  planOutageCall,
  readConfigCall,
  readSourceCall,
  releaseControlCall,
  reportFaultCall,
  returnToServiceCall,
  rewordJustificationCall,
  rewordRemarkCall,
  saveConfigCall,
  setLightCall,
  synchroniseCall,
  tickControlCall,
  uploadCsvCall,
  withdrawJustificationCall,
  writeRemarkCall,
} from '#shared/qa/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import { readConfig, saveConfig } from './config-store.ts';
import { cancelOutage, listControls, machineStatus, planOutage, reportFault, returnToService, tickControl } from './outages.ts';
import { askOverride, confirmOverride, endOverride } from './overrides.ts';
import { releaseOf } from './releases.ts';
import { currentLights, lightsOfDay, setLight } from './service.ts';
import { readNow, takeUpload, type SiteSource } from './site-source.ts';
import { sourceState } from './source-store.ts';
import { enterDaily, justify, rewordJustification, rewordRemark, withdrawJustification, writeRemark } from './written.ts';

/** The calls that change or tell what quality control knows; those of its pages are in `pages`. */
export function mountQa(api: Api, source: SiteSource): void {
  serve(api, listLightsCall, 'qa:read', (ctx, { query }) => (query.date ? lightsOfDay(query.date) : currentLights(ctx.now())));
  serve(api, setLightCall, 'qa:set-light', (ctx, { params, body }) => setLight(ctx, params.machineId, body));
  mountSource(api, source);
  mountWritten(api);
  mountStatus(api);
}

function mountSource(api: Api, source: SiteSource): void {
  serve(api, readSourceCall, 'qa:read', () => sourceState());
  serve(api, synchroniseCall, 'qa:configure', (ctx) => readNow(ctx, source));
  serve(api, uploadCsvCall, 'qa:configure', (ctx, { body }) => takeUpload(ctx, source, body));
  serve(api, readConfigCall, 'qa:read', (ctx) => readConfig(ctx.now()));
  serve(api, saveConfigCall, 'qa:configure', (ctx, { body }) => ctx.atomically('qa', () => saveConfig(ctx, body)));
}

function mountWritten(api: Api): void {
  serve(api, writeRemarkCall, 'qa:comment', (ctx, { body }) => writeRemark(ctx, body));
  serve(api, rewordRemarkCall, 'qa:comment', (ctx, { params, body }) => rewordRemark(ctx, params.id, body));
  serve(api, justifyCall, 'qa:comment', (ctx, { body }) => justify(ctx, body));
  serve(api, rewordJustificationCall, 'qa:comment', (ctx, { params, body }) => rewordJustification(ctx, params.id, body));
  serve(api, withdrawJustificationCall, 'qa:comment', (ctx, { params, body }) => withdrawJustification(ctx, params.id, body));
  serve(api, enterDailyCall, 'qa:daily', (ctx, { body }) => enterDaily(ctx, body));
  serve(api, releaseControlCall, 'qa:comment', (ctx, { params, body }) => releaseOf(ctx, params.control, body));
}

function mountStatus(api: Api): void {
  serve(api, machineStatusCall, 'qa:read', (ctx, { params }) => machineStatus(ctx, params.machineId));
  serve(api, reportFaultCall, 'qa:fault', (ctx, { params, body }) => reportFault(ctx, params.machineId, body));
  serve(api, planOutageCall, 'qa:fault', (ctx, { params, body }) => planOutage(ctx, params.machineId, body));
  serve(api, cancelOutageCall, 'qa:fault', (ctx, { params, body }) => cancelOutage(ctx, params.id, body));
  serve(api, listControlsCall, 'qa:return', (ctx, { params, body }) => listControls(ctx, params.id, body));
  serve(api, tickControlCall, 'qa:daily', (ctx, { params, body }) => tickControl(ctx, params.id, body));
  serve(api, returnToServiceCall, 'qa:return', (ctx, { params, body }) => returnToService(ctx, params.id, body));
  serve(api, askOverrideCall, 'qa:override', (ctx, { params, body }) => askOverride(ctx, params.machineId, body));
  serve(api, confirmOverrideCall, 'qa:override', (ctx, { params }) => confirmOverride(ctx, params.machineId));
  serve(api, endOverrideCall, 'qa:override', (ctx, { params }) => endOverride(ctx, params.machineId));
}
