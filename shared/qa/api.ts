import { z } from 'zod';
import { endpoint } from '../http.ts';
import { IdParams, Nothing } from '../schemas.ts';
import {
  Calendar,
  CalendarQuery,
  ConfigPreview,
  ConfigReply,
  ConfigVersion,
  ControlParams,
  MachineYear,
  MachineYearQuery,
  Overview,
  PeriodDetail,
  PreviewConfig,
  Rates,
  RatesQuery,
  ReleaseControl,
  ReportQuery,
  SaveConfig,
  SourceState,
  SuggestRule,
  Suggestion,
  TableQuery,
  Unclassified,
  UnclassifiedQuery,
  Uploaded,
  UploadCsv,
  YearTable,
} from './page-schemas.ts';
import {
  DailyEntry,
  EnterDaily,
  Justification,
  Light,
  LightsQuery,
  MachineParams,
  PeriodParams,
  Remark,
  Reword,
  SetLight,
  Withdraw,
  WriteJustification,
  WriteRemark,
} from './schemas.ts';
import {
  AskOverride,
  ListControls,
  MachineStatusReply,
  Outage,
  OutageParams,
  PlanOutage,
  ReportFault,
  ReturnToService,
  TickControl,
} from './status-schemas.ts';

export const listLightsCall = endpoint({
  method: 'get',
  path: '/api/qa/lights',
  summary: 'The light of every active machine, now or at the end of a day',
  query: LightsQuery,
  reply: z.array(Light),
});

export const setLightCall = endpoint({
  method: 'put',
  path: '/api/qa/lights/:machineId',
  summary: "Sets a machine's light by hand until the site's midnight, where no source feeds it",
  params: MachineParams,
  body: SetLight,
  reply: Light,
});

export const overviewCall = endpoint({
  method: 'get',
  path: '/api/qa/overview',
  summary: 'Lights with their reasons, where each type stands, and the state of the source',
  reply: Overview,
});

export const yearTableCall = endpoint({
  method: 'get',
  path: '/api/qa/table',
  summary: 'The table of a year: periods of a type by machines',
  query: TableQuery,
  reply: YearTable,
});

export const machineYearCall = endpoint({
  method: 'get',
  path: '/api/qa/year',
  summary: 'The year of one machine: its types with all their periods',
  query: MachineYearQuery,
  reply: MachineYear,
});

export const periodCall = endpoint({
  method: 'get',
  path: '/api/qa/period',
  summary: 'Controls, remarks and justifications of one period',
  query: PeriodParams,
  reply: PeriodDetail,
});

export const ratesCall = endpoint({
  method: 'get',
  path: '/api/qa/rates',
  summary: 'Rates of a year with mean and trend',
  query: RatesQuery,
  reply: Rates,
});

export const calendarCall = endpoint({
  method: 'get',
  path: '/api/qa/calendar',
  summary: 'Controls done between two days',
  query: CalendarQuery,
  reply: Calendar,
});

export const unclassifiedCall = endpoint({
  method: 'get',
  path: '/api/qa/unclassified',
  summary: 'Controls that were left out, with the reason',
  query: UnclassifiedQuery,
  reply: Unclassified,
});

export const exportCsvCall = endpoint({
  method: 'get',
  path: '/api/qa/export.csv',
  summary: 'The table of a year for a spreadsheet',
  query: TableQuery,
  reply: z.string(),
  mediaType: 'text/csv; charset=utf-8',
});

export const qaReportCall = endpoint({
  method: 'get',
  path: '/api/qa/report.pdf',
  summary: 'Controls, justifications and signatures of a period, for an inspection',
  query: ReportQuery,
  reply: z.instanceof(Uint8Array),
  mediaType: 'application/pdf',
});

export const writeRemarkCall = endpoint({
  method: 'post',
  path: '/api/qa/remarks',
  summary: 'Writes a remark to a period',
  body: WriteRemark,
  reply: Remark,
  status: 201,
});

export const rewordRemarkCall = endpoint({
  method: 'put',
  path: '/api/qa/remarks/:id',
  summary: 'Words a remark of one’s own anew; the earlier wording stays',
  params: IdParams,
  body: Reword,
  reply: Remark,
});

export const justifyCall = endpoint({
  method: 'post',
  path: '/api/qa/justifications',
  summary: 'Justifies a missed period',
  body: WriteJustification,
  reply: Justification,
  status: 201,
});

export const rewordJustificationCall = endpoint({
  method: 'put',
  path: '/api/qa/justifications/:id',
  summary: 'Words a justification anew; the earlier wording stays',
  params: IdParams,
  body: Reword,
  reply: Justification,
});

export const withdrawJustificationCall = endpoint({
  method: 'post',
  path: '/api/qa/justifications/:id/withdraw',
  summary: 'Withdraws a justification',
  params: IdParams,
  body: Withdraw,
  reply: Justification,
});

export const enterDailyCall = endpoint({
  method: 'post',
  path: '/api/qa/daily',
  summary: 'Enters a daily control by hand',
  body: EnterDaily,
  reply: DailyEntry,
  status: 201,
});

export const releaseControlCall = endpoint({
  method: 'post',
  path: '/api/qa/controls/:control/release',
  summary: 'Releases a control that is known as not conform',
  params: ControlParams,
  body: ReleaseControl,
  reply: Nothing,
  status: 204,
});

export const readSourceCall = endpoint({
  method: 'get',
  path: '/api/qa/source',
  summary: 'The state of the source of controls',
  reply: SourceState,
});

export const synchroniseCall = endpoint({
  method: 'post',
  path: '/api/qa/source/read',
  summary: 'Reads the source now',
  reply: SourceState,
});

export const uploadCsvCall = endpoint({
  method: 'post',
  path: '/api/qa/source/csv',
  summary: 'Takes a CSV export of the source',
  body: UploadCsv,
  reply: Uploaded,
});

export const readConfigCall = endpoint({
  method: 'get',
  path: '/api/qa/config',
  summary: 'The rules of classification with their former versions',
  reply: ConfigReply,
});

export const saveConfigCall = endpoint({
  method: 'post',
  path: '/api/qa/config',
  summary: 'Puts a new version of the rules in force',
  body: SaveConfig,
  reply: ConfigVersion,
  status: 201,
});

export const previewConfigCall = endpoint({
  method: 'post',
  path: '/api/qa/config/preview',
  summary: 'What other rules would change in the last 90 days',
  body: PreviewConfig,
  reply: ConfigPreview,
});

export const suggestRuleCall = endpoint({
  method: 'post',
  path: '/api/qa/config/suggestion',
  summary: 'The smallest change of the rules that gives a control its type',
  body: SuggestRule,
  reply: Suggestion,
});

export const machineStatusCall = endpoint({
  method: 'get',
  path: '/api/qa/machines/:machineId/status',
  summary: 'What keeps a machine from treating, what is planned, and the time it lost',
  params: MachineParams,
  reply: MachineStatusReply,
});

export const reportFaultCall = endpoint({
  method: 'post',
  path: '/api/qa/machines/:machineId/fault',
  summary: 'Reports a fault: the machine is red at once',
  params: MachineParams,
  body: ReportFault,
  reply: Outage,
  status: 201,
});

export const planOutageCall = endpoint({
  method: 'post',
  path: '/api/qa/machines/:machineId/outages',
  summary: 'Declares a downtime or a maintenance',
  params: MachineParams,
  body: PlanOutage,
  reply: Outage,
  status: 201,
});

export const cancelOutageCall = endpoint({
  method: 'post',
  path: '/api/qa/outages/:id/cancel',
  summary: 'Cancels what was planned and has not begun, or a fault reported in error',
  params: OutageParams,
  body: Withdraw,
  reply: Outage,
});

export const listControlsCall = endpoint({
  method: 'put',
  path: '/api/qa/outages/:id/controls',
  summary: 'Lists the controls that must be done before the machine goes back into service',
  params: OutageParams,
  body: ListControls,
  reply: Outage,
});

export const tickControlCall = endpoint({
  method: 'post',
  path: '/api/qa/outages/:id/controls',
  summary: 'Ticks one of the listed controls as done, or takes the tick away',
  params: OutageParams,
  body: TickControl,
  reply: Outage,
});

export const returnToServiceCall = endpoint({
  method: 'post',
  path: '/api/qa/outages/:id/return',
  summary: 'Returns the machine to service, signed with the password',
  params: OutageParams,
  body: ReturnToService,
  reply: Outage,
});

export const askOverrideCall = endpoint({
  method: 'post',
  path: '/api/qa/machines/:machineId/override',
  summary: 'Asks that sessions may start although the machine is blocked; a person of the other role confirms',
  params: MachineParams,
  body: AskOverride,
  reply: Light,
});

export const confirmOverrideCall = endpoint({
  method: 'post',
  path: '/api/qa/machines/:machineId/override/confirm',
  summary: 'Confirms an override that a person of the other role asked for',
  params: MachineParams,
  reply: Light,
});

export const endOverrideCall = endpoint({
  method: 'post',
  path: '/api/qa/machines/:machineId/override/end',
  summary: 'Ends an override, or takes back that one asked for it',
  params: MachineParams,
  reply: Light,
});
