import { type Finding, fail, look, ok, warn } from '../../doctor.ts';
import type { ElasticsearchOptions } from '../elasticsearch.ts';
import { Engine } from './engine.ts';
import { Names } from './names.ts';
import { readRoles } from './roles.ts';

/** What a running Elasticsearch says about our settings and indices. Changes nothing. */
export async function elasticsearchChecks(options: ElasticsearchOptions): Promise<Finding[]> {
  const engine = new Engine(options);
  const names = new Names(options.prefix);
  try {
    const reached = await look(
      'elasticsearch',
      'Start it, or mend MILLRACE_ELASTICSEARCH_URL (user and password stand in it) or MILLRACE_ELASTICSEARCH_CA.',
      () => version(engine),
    );
    if (reached.some(({ state }) => state === 'fail')) return reached;
    const mend = 'See its log, and that this user may read the cluster’s health and our indices.';
    const found = await Promise.all([
      look('elasticsearch health', mend, () => health(engine)),
      look('elasticsearch index', mend, () => index(engine, names)),
    ]);
    return [...reached, ...found.flat()];
  } finally {
    await engine.close();
  }
}

async function version(engine: Engine): Promise<Finding> {
  const { version: said, cluster_name } = await engine.ask((client, sending) => client.info(undefined, sending));
  const major = Number(said.number.split('.')[0]);
  const text = `version ${said.number}, cluster ${cluster_name}`;
  return major >= 8
    ? ok('elasticsearch', text)
    : warn('elasticsearch', text, 'Use version 8 or 9: the client that we have speaks to these.');
}

async function health(engine: Engine): Promise<Finding> {
  const { status, unassigned_shards, number_of_data_nodes } = await engine.ask((client, sending) =>
    client.cluster.health(undefined, sending),
  );
  const name = 'elasticsearch health';
  const said = `${status}, ${number_of_data_nodes} data nodes, ${unassigned_shards} shards without a place`;
  if (status === 'green') return ok(name, said);
  if (status === 'red')
    return fail(name, said, 'Some data can not be read: bring back the nodes that hold it, or restore a snapshot.');
  return warn(name, said, 'Copies have no place: start more nodes, or see _cluster/allocation/explain.');
}

async function index(engine: Engine, names: Names): Promise<Finding[]> {
  const name = 'elasticsearch index';
  const roles = await readRoles(engine, names);
  const settings = await engine.ask((client, sending) =>
    client.indices.getSettings({ index: `${names.prefix}-*`, expand_wildcards: 'all' }, { ...sending, ignore: [404] }),
  );
  const own = Object.entries(settings).filter(([index]) => names.idOf(index) !== undefined);
  if (roles === null) {
    if (own.length === 0) return [ok(name, 'none is there yet: the first start makes it')];
    return [
      fail(
        name,
        `there are ${own.map(([index]) => index).join(', ')}, and none has the alias ${names.role('serving')}`,
        'Give the alias back to the one that served.',
      ),
    ];
  }
  const locked = own.filter(([, { settings: set }]) => {
    const { read_only, read_only_allow_delete } = set?.index?.blocks ?? {};
    return String(read_only) === 'true' || String(read_only_allow_delete) === 'true';
  });
  if (locked.length > 0)
    return [
      fail(
        name,
        `${locked.map(([index]) => index).join(', ')} takes no writes`,
        'It does so when a disk is nearly full: give it space, then set index.blocks.read_only_allow_delete to null.',
      ),
    ];
  const building = roles.building === null ? '' : `, ${names.index(roles.building)} is being filled`;
  return [ok(name, `${names.index(roles.serving)} serves${building}`)];
}
