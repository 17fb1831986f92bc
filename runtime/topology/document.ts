import { FixtureFile } from '../testing/fixture/format.ts';
import { TopicsFile, TopologyFile } from './format/index.ts';

/** JSON Schemas of the topology format and of its tests, for editors: what parses the files also completes them. */
export function editorSchemas(): { [file: string]: string } {
  const text = (schema: object): string =>
    `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, null, 2)}\n`;
  return {
    'topology.schema.json': text(TopologyFile),
    'topics.schema.json': text(TopicsFile),
    'tests.schema.json': text(FixtureFile),
  };
}
