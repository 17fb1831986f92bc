import { type SearchHit, search } from '../../calls/search.ts';
import { SlackError } from '../errors.ts';
import { type SlackCall, type SlackMethod, said } from '../method.ts';
import { conversationType } from '../shapes/channel.ts';
import { slackMessages } from '../shapes/message.ts';

/** Slack's own bounds. */
const mostCount = 100;
const mostPage = 100;

/** Parts of Slack's query language that would be taken for words here. */
const unknownFilters = /(?:^|\s)-?(during|on|to|is|with|threads|creator|hasmy):/i;

export const searchMethods: SlackMethod[] = [
  {
    name: 'search.messages',
    run: async (call) => {
      const { args } = call;
      const query = args.text('query');
      if (query === undefined || query.trim() === '') throw new SlackError('no_query', 'query: is missing or empty');
      const count = Math.min(args.number('count', 20, 1), mostCount);
      const page = args.number('page', 1, 1);
      if (page > mostPage) throw new SlackError('invalid_arguments', `page: 1 to ${mostPage}`);
      if (args.text('sort_dir') === 'asc') throw new SlackError('invalid_arguments', 'sort_dir: asc is not supported');
      args.refuse('cursor', 'is not supported: use page');
      const { hits, total } = await hitsOf(call, wordsOf(query), page, count);
      const pages = Math.ceil(total / count);
      const first = (page - 1) * count + 1;
      return {
        query,
        messages: {
          total,
          pagination: {
            total_count: total,
            page,
            per_page: count,
            page_count: pages,
            first,
            last: first + hits.length - 1,
          },
          paging: { count, total, page, pages },
          matches: await matches(call, hits),
        },
      };
    },
  },
];

/** A query of Slack's, as it is written here: people and channels by their ids. Error: `invalid_arguments`. */
function wordsOf(query: string): string {
  const unknown = unknownFilters.exec(query);
  if (unknown) throw new SlackError('invalid_arguments', `query: ${unknown[1]}: is not supported`);
  return query.replace(/(from|in):<[@#]([^<>|\s]+)(?:\|[^<>]*)?>/gi, '$1:$2');
}

/** One page of hits. The index goes from page to page, so those before it are read, too, each as one more call: 100 of 100 at most. */
async function hitsOf({ context, caller, args, again }: SlackCall, q: string, page: number, count: number) {
  const sort = args.text('sort') === 'timestamp' ? ('newest' as const) : ('relevance' as const);
  let cursor: string | undefined;
  for (let at = 1; ; at++) {
    const found = await said(search(context, caller, { q, sort, limit: count, cursor }));
    if (at === page) return found;
    if (found.next_cursor === null) return { hits: [], total: found.total };
    cursor = found.next_cursor;
    again();
  }
}

async function matches({ context, caller, times }: SlackCall, hits: SearchHit[]) {
  const { workspace_id } = caller;
  const { store, directory } = context;
  const channels = new Map(
    (await directory.channelsById(workspace_id, [...new Set(hits.map(({ message }) => message.channel_id))])).map(
      (channel) => [channel.channel_id, channel],
    ),
  );
  const people = new Map(
    (await directory.usersById(workspace_id, [...new Set(hits.map(({ message }) => message.user_id))])).map((user) => [
      user.user_id,
      user.name,
    ]),
  );
  return Promise.all(
    hits.map(async ({ message, score }) => {
      const id = { workspace_id, channel_id: message.channel_id };
      const [shown] = await slackMessages({ store, times }, id, [message]);
      const channel = channels.get(message.channel_id);
      const type = channel && conversationType(channel);
      return {
        ...shown!,
        iid: message.message_id,
        username: people.get(message.user_id) ?? message.user_id,
        score,
        channel: {
          id: message.channel_id,
          name: channel?.name ?? '',
          is_private: type !== 'public_channel',
          is_mpim: type === 'mpim',
        },
      };
    }),
  );
}
