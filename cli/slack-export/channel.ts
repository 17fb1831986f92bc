import type { ChannelType, Posting } from '../../schemas/generated/types.ts';
import type { Archive } from './archive.ts';
import { folderNames } from './folder.ts';
import { listIn, type SlackChannelRecord, SlackChannelShape, shaped } from './shapes.ts';

export interface SlackChannel {
  channel_id: string;
  /** Empty for a dm. */
  name: string;
  type: ChannelType;
  topic: string;
  /** Null where Slack names none, as for dms. */
  creator: string | null;
  members: string[];
  /** Milliseconds since 1970. */
  created: number;
  archived: boolean;
  posting: Posting;
  /** Its messages: one file a day, in order. */
  files: string[];
}

const lists: { file: string; type: ChannelType }[] = [
  { file: 'channels.json', type: 'public' },
  { file: 'groups.json', type: 'private' },
  { file: 'mpims.json', type: 'group' },
  { file: 'dms.json', type: 'dm' },
];

const dayFile = /^(.+)\/\d{4}-\d{2}-\d{2}\.json$/;

/** The channels that the export lists, and the folders with messages of none of them. `root`: '' or a folder with its slash. */
export async function readChannels(
  archive: Archive,
  root: string,
): Promise<{ channels: SlackChannel[]; unlisted: string[] }> {
  const folders = messageFolders(archive, root);
  const channels: SlackChannel[] = [];
  for (const { file, type } of lists) {
    const name = root + file;
    if (!archive.has(name)) continue;
    for (const value of listIn(name, await archive.json(name))) {
      const slack = shaped(SlackChannelShape, name, value);
      const folder = folderNames(slack.id, slack.name).find((one) => folders.has(one));
      channels.push(channelOf(slack, type, (folder && folders.get(folder)) || []));
      if (folder) folders.delete(folder);
    }
  }
  return { channels, unlisted: [...folders.keys()] };
}

function messageFolders(archive: Archive, root: string): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const name of archive.names()) {
    const folder = name.startsWith(root) ? dayFile.exec(name.slice(root.length))?.[1] : undefined;
    if (folder === undefined) continue;
    const files = folders.get(folder) ?? [];
    files.push(name);
    folders.set(folder, files);
  }
  for (const files of folders.values()) files.sort();
  return folders;
}

function channelOf(slack: SlackChannelRecord, type: ChannelType, files: string[]): SlackChannel {
  return {
    channel_id: slack.id,
    name: type === 'dm' ? '' : slack.name || slack.id,
    type,
    topic: slack.topic?.value ?? '',
    creator: slack.creator || null,
    members: [...new Set(slack.members ?? [])],
    created: Math.round((slack.created ?? 0) * 1_000),
    archived: slack.is_archived ?? false,
    posting: slack.millrace_posting ?? 'everyone',
    files,
  };
}
