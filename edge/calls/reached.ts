import type { Message } from '../../schemas/generated/types.ts';
import type { CallContext, Caller } from './context.ts';
import { membersOfGroups } from './groups.ts';
import { membersHere } from './here.ts';
import { mentionsHere, namedGroups } from './text.ts';

const here = '<!here>';

/** Whom a text names by a word for many, as that is now. */
export async function reachedBy(
  context: CallContext,
  caller: Caller,
  channelId: string,
  text: string,
): Promise<string[]> {
  const ofGroups = await membersOfGroups(context, caller, channelId, text);
  if (!mentionsHere(text)) return ofGroups;
  return [...new Set([...(await membersHere(context, caller, channelId)), ...ofGroups])];
}

/**
 * Whom an edit reaches by words for many that were not there, and whom it does not any more by those that are gone. Who was
 * reached by which of several words is not kept: of a group that is gone those go who are in it now, and of no group that
 * stays; of `<!here>` those who are in no such group.
 */
export async function reachedByEdit(
  context: CallContext,
  caller: Caller,
  channelId: string,
  { text: before, mentions_here, reached }: Message,
  after: string,
): Promise<{ reached: string[]; unreached: string[] }> {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const added = [...is].filter((word) => !was.has(word));
  const gone = [...was].filter((word) => !is.has(word));
  const stay = [...was].filter((word) => is.has(word));
  const by = (words: string[]) => reachedBy(context, caller, channelId, words.join(' '));
  const groups = (words: string[]) => words.filter((word) => word !== here);
  const known = [...mentions_here, ...reached.map(({ user_id }) => user_id)];
  let unreached: string[] = [];
  if (gone.length > 0 && known.length > 0) {
    const staying = new Set(await by(groups(stay)));
    const going = stay.includes(here) ? new Set(await by(groups(gone))) : undefined;
    unreached = known.filter((user) => !staying.has(user) && (going === undefined || going.has(user)));
  }
  return { reached: added.length > 0 ? await by(added) : [], unreached };
}

function wordsOf(text: string): Set<string> {
  const groups = namedGroups(text).map((id) => `<!group:${id}>`);
  return new Set(mentionsHere(text) ? [here, ...groups] : groups);
}
