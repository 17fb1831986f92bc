export interface ImportedUser {
  type: 'user';
  user_id: string;
  name: string;
  email?: string | undefined;
}

export interface ImportedChannel {
  type: 'channel';
  channel_id: string;
  name: string;
  channel_type: 'public' | 'private' | 'group' | 'dm';
  topic?: string | undefined;
  archived?: boolean | undefined;
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
