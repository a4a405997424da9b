const DOMAINS = [
  'accounts',
  'audit',
  'machines',
  'patients',
  'qa',
  'appointments',
  'dossiers',
  'pacs',
  'reports',
  'notifications',
  'screens',
];

/** Which domains a domain may reach, through their index.ts. Downhill only. */
const REACHES = {
  accounts: ['audit'],
  audit: [],
  machines: ['accounts', 'audit'],
  patients: ['accounts', 'audit', 'machines'],
  qa: ['accounts', 'audit', 'machines', 'patients'],
  appointments: ['accounts', 'audit', 'machines', 'patients', 'qa'],
  dossiers: ['accounts', 'audit', 'machines', 'patients', 'qa', 'appointments'],
  pacs: ['accounts', 'audit', 'machines', 'patients', 'qa', 'appointments'],
  reports: ['accounts', 'audit', 'machines', 'patients', 'qa', 'appointments', 'pacs'],
  notifications: ['accounts', 'audit', 'machines', 'patients', 'qa', 'appointments', 'dossiers', 'pacs', 'reports'],
  screens: ['accounts', 'audit', 'machines', 'patients', 'qa', 'dossiers', 'pacs'],
};

/** One door per technology. */
const DOORS = {
  koa: '^server/(web|platform/http)',
  '@koa/router': '^server/(web|platform/http)',
  'socket.io': '^server/platform/realtime',
  agenda: '^server/platform/(jobs|mongo/embedded/.*[.]test)',
  pino: '^server/platform/log',
  pdfkit: '^server/platform/pdf',
  tedious: '^server/platform/sqlserver',
  'dcmjs-dimse': '^server/platform/dicom',
  nodemailer: '^server/platform/mail',
  'ms-teams-webhook': '^server/platform/teams',
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-imports-only-shared-and-zod',
      severity: 'error',
      from: { path: '^shared/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: '^(shared/|node_modules/(zod|d3-[a-z]+)/)' },
    },
    { name: 'client-never-imports-server', severity: 'error', from: { path: '^client/' }, to: { path: '^(server|scripts)/' } },
    {
      name: 'server-never-imports-client',
      severity: 'error',
      from: { path: '^server/', pathNot: ['[.]test[.]ts$', '/testing/'] },
      to: { path: '^(client|scripts)/' },
    },
    {
      // The TDS simulator is a peer of the tests as well as the demo's server.
      name: 'tests-of-the-server-import-no-client',
      severity: 'error',
      from: { path: ['^server/.*[.]test[.]ts$', '^server/.*/testing/'] },
      to: { path: '^(client|scripts)/', pathNot: '^scripts/demo/artiscan/server[.]ts$' },
    },
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^server/platform/' },
      to: { path: '^server/(domains|site|web|main)' },
    },
    {
      name: 'service-knows-no-technology',
      severity: 'error',
      from: { path: '^server/domains/[^/]+/(service|policy|present|items|treatment|queries|write)[.]ts$' },
      to: { path: 'node_modules/(koa|@koa|socket.io|agenda|dcmjs-dimse|tedious)/' },
    },
    ...DOMAINS.map((domain) => ({
      name: `${domain}-reaches-downhill-through-index`,
      severity: 'error',
      from: { path: `^server/domains/${domain}/`, pathNot: '[.]test[.]ts$' },
      to: {
        path: '^server/domains/',
        pathNot: [`^server/domains/${domain}/`, ...REACHES[domain].map((other) => `^server/domains/${other}/index[.]ts$`)],
      },
    })),
    ...Object.entries(DOORS).map(([technology, door]) => ({
      name: `${technology.replace('/', '-')}-has-one-door`,
      severity: 'error',
      from: { path: '^server/', pathNot: [door, '^server/testing/', '[.]test[.]ts$'] },
      // Types alone tie nobody to a technology at run time.
      to: { path: `^node_modules/${technology}/`, dependencyTypesNot: ['type-only'] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|[.]svelte-kit|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'server/tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
