import { serve } from '../../worker/serve.ts';
import { type ReaderPlace, SqliteReader } from './reader.ts';

serve((place: ReaderPlace) => new SqliteReader(place));
