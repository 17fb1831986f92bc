import type { FakeCall } from './fake-call.ts';
import { type FakeWorkspace, Refusal } from './fake-workspace.ts';

/** Answers the calls about groups. */
export function groupCall({ groups }: FakeWorkspace, { method, body }: FakeCall, id: string): object | undefined {
  if (!id) {
    const list = [...groups].map(([group_id, group]) => listed(group_id, group));
    return { groups: list.sort((a, b) => a.name.localeCompare(b.name)), next_cursor: null };
  }
  if (method === 'PUT') groups.set(id, { name: String(body['name']), members: body['members'] as string[] });
  const group = groups.get(id);
  if (method === 'DELETE') {
    groups.delete(id);
    return undefined;
  }
  if (!group) throw new Refusal(404, 'not_found', 'group_id: there is no such group in this workspace');
  return { group: { ...listed(id, group), members: group.members } };
}

function listed(group_id: string, { name, members }: { name: string; members: readonly string[] }) {
  return { group_id, name, member_count: members.length };
}
