import {
  calendarCall,
  exportCsvCall,
  machineYearCall,
  overviewCall,
  periodCall,
  previewConfigCall,
  qaReportCall,
  ratesCall,
  suggestRuleCall,
  unclassifiedCall,
  yearTableCall,
} from '#shared/qa/api.ts';
import { serve, type Api } from '#server/platform/http/serve.ts';
import {
  calendarOf,
  exportCsv,
  machineYear,
  overview,
  periodDetail,
  preview,
  ratesOfYear,
  suggestion,
  unclassified,
  yearTable,
} from './pages/index.ts';
import { qaReport } from './report/index.ts';

/** The calls of quality control's pages. They read only, the preview and the suggestion of rules included. */
export function mountQaPages(api: Api, site: { name: string }): void {
  serve(api, overviewCall, 'qa:read', (ctx) => overview(ctx));
  serve(api, yearTableCall, 'qa:read', (ctx, { query }) => yearTable(ctx, query));
  serve(api, machineYearCall, 'qa:read', (ctx, { query }) => machineYear(ctx, query));
  serve(api, periodCall, 'qa:read', (ctx, { query }) => periodDetail(ctx, query));
  serve(api, ratesCall, 'qa:read', (ctx, { query }) => ratesOfYear(ctx, query));
  serve(api, calendarCall, 'qa:read', (ctx, { query }) => calendarOf(ctx, query));
  serve(api, unclassifiedCall, 'qa:read', (ctx, { query }) => unclassified(ctx, query));
  serve(api, exportCsvCall, 'qa:read', (ctx, { query }) => exportCsv(ctx, query));
  serve(api, qaReportCall, 'qa:read', (ctx, { query }) => qaReport(ctx, query, site));
  serve(api, previewConfigCall, 'qa:configure', (ctx, { body }) => preview(ctx, body.config));
  serve(api, suggestRuleCall, 'qa:configure', (ctx, { body }) => suggestion(ctx, body));
}
