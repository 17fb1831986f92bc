import { serve } from '../../worker/serve.ts';
import type { IndexPlace } from './generation.ts';
import { SqliteWriter } from './writer.ts';

serve((place: IndexPlace) => new SqliteWriter(place));
