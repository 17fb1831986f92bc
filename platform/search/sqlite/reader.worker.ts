import { serve } from '../../worker/serve.ts';
import { SqliteReader } from './reader.ts';

serve(({ folder }: { folder: string }) => new SqliteReader(folder));
