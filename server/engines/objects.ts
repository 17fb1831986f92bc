import type { Settings } from '../../config/settings.ts';
import { openObjectFolder } from '../../platform/objects/folder/objects.ts';
import type { Objects } from '../../platform/objects/port.ts';

/** Objects where the settings say. Error: `data_key_wrong`. */
export async function openObjects(settings: Settings, dataDir: string, key: Buffer | undefined): Promise<Objects> {
  if (settings.objects === 'folder') return openObjectFolder(`${dataDir}/objects`, key);
  // Its package takes a while to load, so only those load it who use it.
  const { openS3Objects } = await import('../../platform/objects/s3/s3.ts');
  const { s3_access_key_id: accessKeyId, s3_secret_access_key: secretAccessKey } = settings;
  return openS3Objects({
    bucket: settings.s3_bucket!,
    region: settings.s3_region,
    endpoint: settings.s3_endpoint,
    pathStyle: settings.s3_path_style === 'on',
    prefix: `${settings.namespace}/`,
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined,
  });
}
