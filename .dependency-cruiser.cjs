/** The rules of the design: ports import no adapter, adapters hold no rules, engine clients stay in their folders. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'By types neither: what two files both speak of has a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'ports-import-no-adapter',
      severity: 'error',
      from: { path: '^platform/[^/]+/port\\.ts$' },
      to: {
        path: '^platform/.*(lmdb|memory|sqlite|sql|kafka|cassandra|elasticsearch|redis|otlp|/s3/|/folder/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'engine-clients-in-platform-only',
      severity: 'error',
      from: { path: '^(processors|push|runtime|edge|schemas|config|server|cli|client|web)/' },
      to: {
        path: 'node_modules/(lmdb|libsql|kysely|kafkajs|@kafkajs|cassandra-driver|ioredis|@elastic|pg|@opentelemetry|firebase-admin|apn|@aws-sdk)/',
      },
    },
    {
      name: 'opentelemetry-in-its-folder-only',
      severity: 'error',
      from: { path: '^platform/', pathNot: '^platform/tracing/otlp/' },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 's3-in-its-folder-only',
      severity: 'error',
      from: { path: '^platform/', pathNot: '^platform/objects/s3/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 'processors-are-pure',
      comment: 'A step knows keys and types, the contract of processors, and nothing that does I/O.',
      severity: 'error',
      from: { path: '^processors/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(platform|edge|server|cli|config|node:|fs|net|http)',
        pathNot: '^platform/(keys|errors/catalogue|messages/emptied|regions/home|leases/[a-z-]+)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'runtime-knows-no-edge',
      severity: 'error',
      from: { path: '^(runtime|platform|push)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(edge|server|cli|client|web)/' },
    },
    {
      name: 'runtime-knows-ports-only',
      severity: 'error',
      from: { path: '^(runtime|edge|push)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^platform/.*(lmdb|sqlite|postgres|embedded|kafka|cassandra|elasticsearch|redis|otlp|fcm|apns|objects/s3/|objects/folder/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      from: { path: '^client/', pathNot: '(\\.test|scripted-server)\\.ts$' },
      to: { pathNot: '^client/' },
    },
    {
      name: 'web-uses-the-client',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^(edge|runtime|platform|server|cli)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist)/|\\.mjs$' },
    includeOnly:
      '^(bench|cli|client|config|docs|edge|examples|platform|processors|push|runtime|schemas|server|tests|web)/|node_modules',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'] },
  },
};
