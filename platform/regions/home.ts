import type { ChannelHome } from '../../schemas/generated/types.ts';

/** Whether of two homes of a channel the first one counts: every region comes to the same, whichever it hears of first. */
export function isNewerHome(home: ChannelHome, than: ChannelHome): boolean {
  return home.epoch > than.epoch || (home.epoch === than.epoch && home.region > than.region);
}
