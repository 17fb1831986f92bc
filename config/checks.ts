import { peersOf } from './peers.ts';
import { workspaceAddresses, workspaceList } from './placement.ts';
import type { Settings } from './settings.ts';

/** What is wrong about settings that are right each by itself. */
export function problemsOf(settings: Settings): string[] {
  const { log, store, search, directory, presence } = settings;
  return [
    ...needs('MILLRACE_LOG=kafka', log === 'kafka', { MILLRACE_KAFKA_BROKERS: settings.kafka_brokers }),
    ...needs('MILLRACE_STORE=cassandra', store === 'cassandra', {
      MILLRACE_CASSANDRA_CONTACT_POINTS: settings.cassandra_contact_points,
    }),
    ...needs('MILLRACE_SEARCH=elasticsearch', search === 'elasticsearch', {
      MILLRACE_ELASTICSEARCH_URL: settings.elasticsearch_url,
    }),
    ...needs('MILLRACE_DIRECTORY=postgres', directory === 'postgres', {
      MILLRACE_POSTGRES_URL: settings.postgres_url,
    }),
    ...needs('MILLRACE_PRESENCE=redis', presence === 'redis', { MILLRACE_REDIS_URL: settings.redis_url }),
    ...needs('MILLRACE_KAFKA_SASL', settings.kafka_sasl !== undefined, {
      MILLRACE_KAFKA_USERNAME: settings.kafka_username,
      MILLRACE_KAFKA_PASSWORD: settings.kafka_password,
    }),
    ...needs('MILLRACE_CASSANDRA_USERNAME', settings.cassandra_username !== undefined, {
      MILLRACE_CASSANDRA_PASSWORD: settings.cassandra_password,
    }),
    ...needs('MILLRACE_TLS_CERT', settings.tls_cert !== undefined, { MILLRACE_TLS_KEY: settings.tls_key }),
    ...needs('MILLRACE_TLS_KEY', settings.tls_key !== undefined, { MILLRACE_TLS_CERT: settings.tls_cert }),
    ...needs('MILLRACE_APNS_KEY', settings.apns_key !== undefined, {
      MILLRACE_APNS_KEY_ID: settings.apns_key_id,
      MILLRACE_APNS_TEAM_ID: settings.apns_team_id,
      MILLRACE_APNS_TOPIC: settings.apns_topic,
    }),
    ...(settings.push === 'providers' && settings.fcm_credentials === undefined && settings.apns_key === undefined
      ? ['MILLRACE_PUSH=providers needs MILLRACE_FCM_CREDENTIALS or MILLRACE_APNS_KEY']
      : []),
    ...needs('MILLRACE_OBJECTS=s3', settings.objects === 's3', { MILLRACE_S3_BUCKET: settings.s3_bucket }),
    ...needs('MILLRACE_S3_ACCESS_KEY_ID', settings.s3_access_key_id !== undefined, {
      MILLRACE_S3_SECRET_ACCESS_KEY: settings.s3_secret_access_key,
    }),
    ...(settings.archive_after_days !== undefined && store !== 'embedded' && settings.objects === 'folder'
      ? [
          'MILLRACE_ARCHIVE_AFTER_DAYS with MILLRACE_STORE=cassandra needs MILLRACE_OBJECTS=s3, which every process can read',
        ]
      : []),
    ...bothPlaced(settings),
    ...regionProblems(settings),
    ...(settings.log_generation > 1 && (log === 'embedded' || store === 'embedded')
      ? [
          'MILLRACE_LOG_GENERATION needs MILLRACE_LOG=kafka and MILLRACE_STORE=cassandra: nothing else can be repartitioned',
        ]
      : []),
    ...(log === 'embedded' && store !== 'embedded'
      ? ['MILLRACE_STORE=cassandra needs MILLRACE_LOG=kafka: the embedded log and its store are one']
      : []),
  ];
}

function regionProblems({ region, peers, region_token, log }: Settings): string[] {
  if (peers === undefined) return [];
  const found = peersOf(peers);
  return [
    ...(region === undefined ? ['MILLRACE_PEERS needs MILLRACE_REGION: the number of this region'] : []),
    // Three lose what overtakes what it builds on: docs/decisions/021.
    ...(found.length > 1
      ? ['MILLRACE_PEERS names more than one region: two regions, this one and one other, are what works so far']
      : []),
    ...(found.some((peer) => peer.region === region)
      ? [`MILLRACE_PEERS names region ${region}, which is this one`]
      : []),
    ...(found.some((peer) => 'url' in peer) && region_token === undefined
      ? ['MILLRACE_PEERS with http:// needs MILLRACE_REGION_TOKEN, the same in all regions']
      : []),
    ...(found.some((peer) => 'brokers' in peer) && log !== 'kafka'
      ? ['MILLRACE_PEERS with kafka:// needs MILLRACE_LOG=kafka']
      : []),
  ];
}

function bothPlaced({ workspaces, workspaces_elsewhere }: Settings): string[] {
  if (workspaces === undefined || workspaces_elsewhere === undefined) return [];
  const elsewhere = workspaceAddresses(workspaces_elsewhere);
  return workspaceList(workspaces)
    .filter((id) => elsewhere.has(id))
    .map((id) => `MILLRACE_WORKSPACES and MILLRACE_WORKSPACES_ELSEWHERE both name ${id}`);
}

function needs(what: string, holds: boolean, wanted: { [variable: string]: string | undefined }): string[] {
  if (!holds) return [];
  return Object.keys(wanted)
    .filter((variable) => wanted[variable] === undefined)
    .map((variable) => `${what} needs ${variable}`);
}
