import type { ClientProgress } from '#libs/client/participation.ts';

/** A stage with the newest height, how far behind it is, and how old that word is. */
export function progressText(progress: ClientProgress): string {
  const { stage, connected, reportedHeight: height, behind = 0n, fetching, reportedMsAgo = 0 } = progress;
  const link =
    stage === 'candidate' || stage === 'suspended' ? [connected ? 'connected' : 'not connected'] : [];
  if (height === undefined) return [stage, ...link, 'no height heard'].join(', ');
  const at = fetching ? `fetches block ${height + 1n}` : `height ${height}`;
  const far = behind > 0n ? [`${behind} behind`] : [];
  return `${[stage, ...link, at, ...far].join(', ')} (${agoText(reportedMsAgo)})`;
}

function agoText(ms: number): string {
  return ms < 1_000 ? 'now' : `${Math.round(ms / 1_000)} s ago`;
}
