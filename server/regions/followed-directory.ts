import type { Logger } from 'pino';
import type { ChannelRecord, Directory } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { ChannelId } from '../../platform/messages/port.ts';
import type { Channel, MembersChanged } from '../../schemas/generated/types.ts';

/** Takes changes of another region's channels and their members into the directory here, marked as that region's. */
export class FollowedDirectory {
  constructor(
    private readonly region: number,
    private readonly directory: Directory,
    private readonly logger: Logger,
  ) {}

  async members(channel: ChannelId, { kind, user_ids }: MembersChanged, made: Channel | null): Promise<void> {
    const { workspace_id, channel_id } = channel;
    await this.possible('members', channel, async () => {
      const known = await this.find(channel);
      if (kind === 'left')
        return known && this.directory.removeMembers(workspace_id, channel_id, user_ids, this.request());
      await this.provision(workspace_id, made ? [made.creator_id, ...user_ids] : user_ids);
      if (known) return this.directory.addMembers(workspace_id, channel_id, user_ids, this.request());
      if (made) return this.make(channel, made, user_ids);
      throw new MillraceError('not_found', 'the channel was made before that region had a number');
    });
  }

  /** The channel as it is here then; undefined where there is none. */
  async channel(channel: ChannelId, { name, topic, archived, posting, home }: Channel) {
    const { workspace_id, channel_id } = channel;
    await this.possible('the channel', channel, async () => {
      const known = await this.find(channel);
      if (!known) return;
      const same = known.topic === topic && known.archived === archived && known.posting === posting;
      if (!same || (known.name !== name && known.name !== this.other(name)))
        await this.named(name, (free) =>
          this.directory.changeChannel(
            workspace_id,
            channel_id,
            { name: free, topic, archived, posting },
            this.request(),
          ),
        );
      if (home) await this.directory.moveHome(workspace_id, channel_id, home, this.request());
    });
    return this.find(channel);
  }

  private async make(channel: ChannelId, { creator_id, home, ...made }: Channel, members: string[]): Promise<void> {
    const { type, topic, archived, posting, created_at } = made;
    await this.named(made.name, (name) =>
      this.directory.createChannel(
        {
          ...{ ...channel, user_id: creator_id, name, type, members, topic, archived, posting, created_at },
          home: home ?? { region: this.region, epoch: 0 },
          // People who have a dm here keep it beside that one, whose messages it must not get.
          imported: type === 'dm',
        },
        this.request(),
      ),
    );
  }

  /** Under its name, or, where that is taken here, with the region's number behind it. */
  private async named(name: string, change: (name: string) => Promise<unknown>): Promise<void> {
    try {
      await change(name);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'conflict' || !error.detail.startsWith('name'))
        throw error;
      await change(this.other(name));
    }
  }

  private other(name: string): string {
    return `${name}-r${this.region}`;
  }

  /** Who is not known here yet is, from now on; who is keeps name and role. */
  private async provision(workspace_id: string, users: string[]): Promise<void> {
    const known = new Set((await this.directory.usersById(workspace_id, users)).map(({ user_id }) => user_id));
    for (const user_id of new Set(users))
      if (!known.has(user_id)) await this.directory.provision({ workspace_id, user_id, role: 'member' });
  }

  private async find({ workspace_id, channel_id }: ChannelId): Promise<ChannelRecord | undefined> {
    const [known] = await this.directory.channelsById(workspace_id, [channel_id]);
    return known;
  }

  /** What the directory refuses for good is told and left, so that what follows is not held up; anything else is tried again. */
  private async possible(what: string, channel: ChannelId, change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      const refused = error instanceof MillraceError && (error.code === 'conflict' || error.code === 'not_found');
      if (!refused) throw error;
      const text = `another region's change of ${what} is not possible here`;
      this.logger.error({ ...channel, region: this.region, error: error.detail }, text);
    }
  }

  private request() {
    return { actor_id: '', reply_to: null, trace_id: '', region: this.region };
  }
}
