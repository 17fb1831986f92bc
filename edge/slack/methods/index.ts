import type { SlackMethod } from '../method.ts';
import { appMethods } from './apps.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { historyMethods } from './history.ts';
import { markMethods } from './mark.ts';
import { reactionMethods } from './reactions.ts';
import { replyMethods } from './replies.ts';
import { searchMethods } from './search.ts';
import { userMethods } from './users.ts';

/** Every call of Slack's that is supported, by name. */
export const slackMethods: ReadonlyMap<string, SlackMethod> = new Map(
  [
    ...authMethods,
    ...chatMethods,
    ...conversationMethods,
    ...historyMethods,
    ...replyMethods,
    ...markMethods,
    ...reactionMethods,
    ...userMethods,
    ...searchMethods,
    ...appMethods,
  ].map((method) => [method.name, method]),
);
