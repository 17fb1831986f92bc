import { serve } from '../../worker/serve.ts';
import { SqliteWriter } from './writer.ts';

serve(({ folder }: { folder: string }) => new SqliteWriter(folder));
