/** A person is (workspace, user): the same user id in two workspaces is two people. */
export interface Person {
  workspace_id: string;
  user_id: string;
}
