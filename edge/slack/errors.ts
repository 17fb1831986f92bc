import type { Access } from '../../platform/directory/port.ts';
import type { ErrorCode } from '../../platform/errors/catalogue.ts';
import type { MillraceError } from '../../platform/errors/error.ts';

/** Slack's own words for what went wrong: those that this subset says. */
export type SlackErrorName =
  | 'account_inactive'
  | 'already_reacted'
  | 'cant_delete_message'
  | 'cant_update_message'
  | 'channel_not_found'
  | 'fatal_error'
  | 'internal_error'
  | 'invalid_arguments'
  | 'invalid_auth'
  | 'invalid_cursor'
  | 'invalid_json'
  | 'invalid_limit'
  | 'invalid_name'
  | 'invalid_post_type'
  | 'invalid_ts_latest'
  | 'invalid_ts_oldest'
  | 'invalid_types'
  | 'invalid_users_list'
  | 'is_archived'
  | 'json_not_object'
  | 'method_not_supported_for_channel_type'
  | 'message_not_found'
  | 'msg_too_long'
  | 'no_query'
  | 'no_reaction'
  | 'no_text'
  | 'not_authed'
  | 'not_in_channel'
  | 'ratelimited'
  | 'request_timeout'
  | 'restricted_action'
  | 'service_unavailable'
  | 'thread_not_found'
  | 'too_many_reactions'
  | 'too_many_websockets'
  | 'unknown_method'
  | 'user_not_found';

/** A refusal in Slack's words. `detail` says the field, the reason and the way out, for whoever reads the client's log. */
export class SlackError extends Error {
  override readonly name = 'SlackError';

  constructor(
    readonly error: SlackErrorName,
    readonly detail?: string,
    readonly options: { retryAfter?: number } = {},
  ) {
    super(detail === undefined ? error : `${error}: ${detail}`);
  }
}

/** What a call says differently from most. */
export type Words = { readonly [Code in ErrorCode]?: SlackErrorName };

/**
 * A call's refusal in Slack's words. `access`: what the directory says of the caller in the channel, where the call is about
 * one; it tells a channel that one is not in from what one may not do there.
 */
export function inSlackWords(
  { code, detail, options }: MillraceError,
  access?: Access | undefined,
  words: Words = {},
): SlackError {
  const name = nameOf(code, access, words);
  return new SlackError(name, detail, options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter });
}

function nameOf(code: ErrorCode, access: Access | undefined, words: Words): SlackErrorName {
  if (code === 'forbidden' && access && !access.member) return 'not_in_channel';
  if (code === 'conflict' && access?.channel.archived) return 'is_archived';
  const own = words[code];
  if (own) return own;
  switch (code) {
    case 'unauthenticated':
      return 'invalid_auth';
    case 'forbidden':
      return 'restricted_action';
    case 'not_found':
      return 'channel_not_found';
    case 'rate_limited':
      return 'ratelimited';
    case 'unavailable':
      return 'service_unavailable';
    case 'invalid_request':
    case 'too_large':
    case 'conflict':
      return 'invalid_arguments';
    default:
      return 'internal_error';
  }
}
