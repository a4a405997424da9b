import { createServer, type Server } from 'node:http';
import { constants } from 'node:zlib';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import compress from 'koa-compress';
import Koa, { type Context as KoaContext, type Next } from 'koa';
import helmet from 'koa-helmet';
import { uploadCsvCall } from '#shared/qa/api.ts';
import { accountsPresenters, mountAccounts, sessionsStillValid, type DemoAccounts } from '#server/domains/accounts/index.ts';
import { mountAudit } from '#server/domains/audit/index.ts';
import { closedThisMonth, dossiersPresenters, mountDossiers, wallDossiers } from '#server/domains/dossiers/index.ts';
import { machinesPresenters, mountMachines } from '#server/domains/machines/index.ts';
import { mountNotifications, notificationsPresenters } from '#server/domains/notifications/index.ts';
import { mountPacs, pacsPresenters } from '#server/domains/pacs/index.ts';
import { mountPatients, patientsPresenters } from '#server/domains/patients/index.ts';
import { mountQa, mountQaPages, qaPresenters } from '#server/domains/qa/index.ts';
import { mountScreens, screensPresenters, screensStillValid } from '#server/domains/screens/index.ts';
import type { ContextFactory } from '#server/platform/context.ts';
import { AppError } from '#server/platform/errors.ts';
import { BUILT_FILES, scriptSources } from '#server/platform/http/client-files.ts';
import { mountDocs } from '#server/platform/http/docs.ts';
import { answerInTime } from '#server/platform/http/deadline.ts';
import { answerFailures } from '#server/platform/http/failures.ts';
import { refuseForeignWrites } from '#server/platform/http/guard.ts';
import { mountHealth } from '#server/platform/http/health.ts';
import { mountLogo } from '#server/platform/http/logo.ts';
import { contextOf, type Api } from '#server/platform/http/serve.ts';
import type { Log } from '#server/platform/log.ts';
import type { Database } from '#server/platform/mongo/connect.ts';
import type { Presenters } from '#server/platform/realtime/presentation.ts';
import { startRealtime, type Realtime } from '#server/platform/realtime/server.ts';
import { authenticate, socketIdentity } from './callers.ts';
import { receptionOf } from './reception.ts';
import type { Settings } from './settings.ts';
import { siteFacts, type Site } from './site.ts';

export interface WebDeps {
  settings: Settings;
  database: Database;
  log: Log;
  now: () => Date;
  build: string;
  demo: DemoAccounts | null;
  /** Serves the client's pages; none in tests of the API and in development, where Vite does. */
  serveClient?: (koa: KoaContext, next: Next) => Promise<void>;
  heartbeatMs?: number;
}

/** The role `web`: calls, pages and the live channel. */
export interface Web {
  httpServer: Server;
  /** Closes the live channel and waits for requests that run. */
  close(): Promise<void>;
}

const presenters: Presenters = {
  ...accountsPresenters,
  ...dossiersPresenters,
  ...machinesPresenters,
  ...notificationsPresenters,
  ...pacsPresenters,
  ...patientsPresenters,
  ...qaPresenters,
  ...screensPresenters,
};

/** Puts the role `web` together: the order of the middleware, the calls of the domains, the live channel. Nothing listens yet. */
export function createWeb(site: Site, deps: WebDeps): Web {
  const { settings, log, now, build } = deps;
  // The live channel needs the HTTP server, and some calls end its sockets: it is reached through this.
  const late: { realtime?: Realtime } = {};
  const live = {
    endSession: (session: string) => late.realtime?.endSession(session),
    endActor: (id: string) => late.realtime?.endActor(id),
  };

  const httpServer = createServer();
  const answer = middlewareOf(deps, mounted(site, deps, live), site.contexts).callback();
  httpServer.on('request', (request, response) => void answer(request, response));
  httpServer.requestTimeout = 30_000;
  httpServer.headersTimeout = 15_000;

  const realtime = startRealtime({
    httpServer,
    events: site.events,
    presenters,
    authenticate: (request) => socketIdentity(request, settings, now),
    stillValid: async (sessions) => new Set([...(await sessionsStillValid(sessions, now())), ...(await screensStillValid(sessions))]),
    build,
    now,
    log,
    ...(deps.heartbeatMs === undefined ? {} : { heartbeatMs: deps.heartbeatMs }),
  });
  late.realtime = realtime;
  return {
    httpServer,
    close: async () => {
      await realtime.close();
      httpServer.closeIdleConnections();
      await new Promise<void>((resolve) => httpServer.close(() => resolve()));
    },
  };
}

interface Live {
  endSession(session: string): void;
  endActor(id: string): void;
}

/** The calls of every domain. */
function mounted({ alerts, quality }: Site, { settings, build, demo, log }: WebDeps, live: Live): Api {
  const site = siteFacts(settings);
  const api: Api = { router: new Router(), mounted: [] };
  mountAccounts(api, { site, build, demo, live, log });
  mountAudit(api);
  mountMachines(api);
  mountPatients(api);
  mountQa(api, quality);
  mountQaPages(api, site);
  mountDossiers(api);
  mountPacs(api, { settings: receptionOf(settings), dataDir: settings.DATA_DIR });
  mountScreens(api, { site, live, openDossiers: wallDossiers, closedThisMonth });
  mountNotifications(api, alerts);
  mountDocs(api, { name: site.name, version: build });
  return api;
}

const usualBody = bodyParser({ enableTypes: ['json'], jsonLimit: '1mb', jsonStrict: true });
const largeBody = bodyParser({ enableTypes: ['json'], jsonLimit: '64mb', jsonStrict: true });

/** An export of fifteen years is larger than any other request: only who may send one is listened to for so long. */
function isUpload({ path, method }: KoaContext): boolean {
  return method === 'POST' && path === uploadCsvCall.path;
}

function mayUpload(koa: KoaContext): boolean {
  const ctx = contextOf(koa);
  return ctx.actor.kind !== 'system' && ctx.may('qa:configure');
}

/** The order in which a request is answered. */
function middlewareOf({ settings, database, log, now, serveClient }: WebDeps, api: Api, contexts: ContextFactory): Koa {
  const koa = new Koa({ proxy: settings.TRUST_PROXY > 0, maxIpsCount: settings.TRUST_PROXY });
  koa.use(answerFailures(log, settings.SITE_LOCALE));
  // In development Vite puts scripts of its own into every page.
  const scriptSrc = settings.NODE_ENV === 'development' ? ["'self'", "'unsafe-inline'"] : scriptSources();
  koa.use(onDocuments(helmet({ contentSecurityPolicy: { directives: { ...CONTENT_POLICY, scriptSrc } } })));
  mountHealth(koa, database);
  mountLogo(koa, settings.SITE_LOGO);
  koa.use(onApi(compress(COMPRESSION)));
  koa.use(onApi(answerInTime(database)));
  koa.use(onApi(refuseForeignWrites));
  koa.use(onApi((context, next) => (isUpload(context) ? next() : usualBody(context, next))));
  koa.use(onApi(authenticate(settings, contexts, now, settings.SITE_LOCALE)));
  koa.use(onApi((context, next) => (isUpload(context) && mayUpload(context) ? largeBody(context, next) : next())));
  koa.use(api.router.routes());
  koa.use(onApi(() => Promise.reject(new AppError(404, 'route.unknown'))));
  if (serveClient) koa.use(serveClient);
  koa.on('error', (error) => log.debug({ err: error }, 'connection error'));
  return koa;
}

/** Lists shrink to a seventh; at the quickest level, because each is made for one reader. Small answers go as they are. */
const COMPRESSION = {
  threshold: 2048,
  br: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } },
  gzip: { level: 1 },
  deflate: false,
  zstd: false,
} as const;

const CONTENT_POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};

/** Runs a middleware on pages only: what governs a page would be sent once more with each of its files and answers. The documentation is a page too. */
function onDocuments(middleware: Koa.Middleware): Koa.Middleware {
  return async (koa, next) => {
    const isDocument = !koa.path.startsWith(BUILT_FILES) && (!koa.path.startsWith('/api/') || koa.path.startsWith('/api/docs'));
    if (!isDocument) koa.set('X-Content-Type-Options', 'nosniff');
    await (isDocument ? middleware(koa, next) : next());
  };
}

/** Runs a middleware on the API only: pages and files need none of it. */
function onApi(middleware: Koa.Middleware): Koa.Middleware {
  return async (koa, next) => {
    await (koa.path.startsWith('/api') ? middleware(koa, next) : next());
  };
}
