// The closed list of commands and options. Data only: the dispatcher refuses what is not in it, and the documentation is written from it.

/** Options that drivers add to any command. On a single node that answers only when the data is on disk, the concerns hold by themselves. */
export const commonOptions: readonly string[] = [
  '$db',
  '$readPreference',
  '$clusterTime',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
];

/** Commands with the options each accepts beside the common ones. */
export const commands: Readonly<Record<string, readonly string[]>> = {
  hello: ['helloOk', 'client', 'compression', 'loadBalanced', 'backpressure', 'saslSupportedMechs'],
  ismaster: ['helloOk', 'client', 'compression', 'loadBalanced', 'backpressure', 'saslSupportedMechs'],
  isMaster: ['helloOk', 'client', 'compression', 'loadBalanced', 'backpressure', 'saslSupportedMechs'],
  ping: [],
  buildInfo: [],
  buildinfo: [],
  insert: ['documents', 'ordered', 'bypassDocumentValidation'],
  update: ['updates', 'ordered', 'bypassDocumentValidation'],
  delete: ['deletes', 'ordered'],
  find: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'noCursorTimeout',
    'allowDiskUse',
    'allowPartialResults',
  ],
  findAndModify: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert', 'arrayFilters', 'hint', 'bypassDocumentValidation'],
  aggregate: ['pipeline', 'cursor', 'explain', 'allowDiskUse', 'hint', 'bypassDocumentValidation'],
  getMore: ['collection', 'batchSize'],
  killCursors: ['cursors'],
  count: ['query', 'limit', 'skip', 'hint'],
  distinct: ['key', 'query', 'hint'],
  createIndexes: ['indexes', 'commitQuorum'],
  listIndexes: ['cursor'],
  dropIndexes: ['index'],
  listCollections: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  listDatabases: ['filter', 'nameOnly', 'authorizedDatabases'],
  create: [],
  drop: [],
  dropDatabase: [],
  collMod: ['index'],
  dbStats: ['scale', 'freeStorage'],
  collStats: ['scale'],
  serverStatus: [],
  explain: ['verbosity'],
  commitTransaction: [],
  abortTransaction: [],
  endSessions: [],
  refreshSessions: [],
  killAllSessions: [],
};

/** Commands that may run inside a transaction. */
export const transactionCommands: ReadonlySet<string> = new Set([
  'insert',
  'update',
  'delete',
  'find',
  'findAndModify',
  'aggregate',
  'distinct',
  'getMore',
  'killCursors',
  'commitTransaction',
  'abortTransaction',
]);

/** Fields of one statement of `update` and of `delete`, and of one index. */
export const statementOptions = {
  update: ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint'],
  delete: ['q', 'limit', 'hint'],
  index: ['key', 'name', 'v', 'background', 'unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
