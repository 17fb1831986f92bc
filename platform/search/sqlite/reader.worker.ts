import { serve } from '../../worker/serve.ts';
import type { IndexPlace } from './generation.ts';
import { SqliteReader } from './reader.ts';

serve((place: IndexPlace) => new SqliteReader(place));
