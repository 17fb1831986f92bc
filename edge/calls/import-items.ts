import type { Role } from '../../platform/directory/port.ts';
import type { Posting } from '../../schemas/generated/types.ts';

export interface ImportedUser {
  type: 'user';
  user_id: string;
  name: string;
  email?: string | undefined;
  /** Of one who is new here; at most the importer's own. Absent: a member. */
  role?: Role | undefined;
  /** Of one who is new here: their access has ended. */
  deactivated?: boolean | undefined;
}

export interface ImportedChannel {
  type: 'channel';
  channel_id: string;
  name: string;
  channel_type: 'public' | 'private' | 'group' | 'dm';
  topic?: string | undefined;
  archived?: boolean | undefined;
  posting?: Posting | undefined;
  creator_id: string;
  members: string[];
  created_at: string;
}

export interface ImportedMessage {
  type: 'message';
  channel_id: string;
  user_id: string;
  text: string;
  /** Its identity for good: a second import of it adds nothing. */
  client_msg_id: string;
  thread_client_msg_id?: string | null | undefined;
  created_at: string;
  edited_at?: string | null | undefined;
  reactions?: { emoji: string; user_ids: string[] }[] | undefined;
}

export type ImportItem = ImportedUser | ImportedChannel | ImportedMessage;

export interface ImportResult {
  status: 'created' | 'exists' | 'failed';
  /** Of the user, channel or message. */
  id?: string;
  code?: string;
  detail?: string;
}
