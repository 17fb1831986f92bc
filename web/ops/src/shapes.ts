/** What the admin API answers, as far as this page shows it: types alone, so that nothing of the server is bundled. */

export type { TopologyStatus } from '../../../runtime/observing/status.ts';
export type { DeploymentLine } from '../../../server/admin/routes/deployments.ts';
export type { StatusAnswer as Status } from '../../../server/admin/routes/status.ts';
export type { ShownLetter } from '../../../server/dead-letters/dead-letters.ts';
export type { LetterSummary as Letter } from '../../../server/dead-letters/view.ts';
export type { TapLine } from '../../../server/tap/tap.ts';
