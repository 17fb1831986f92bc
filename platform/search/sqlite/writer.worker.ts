import { serve } from '../../worker/serve.ts';
import type { IndexPlace } from './generation.ts';
import { SqliteWriter } from './writer.ts';

serve(({ place, patience_ms }: { place: IndexPlace; patience_ms: number }) => new SqliteWriter(place, patience_ms));
