/** Why a member that its operator has stop behind a height takes part no more, with the cure. */
export function stoppedAt(height: bigint): string {
  return (
    `stopped behind height ${height}, as its operator asked: it goes on after "btcfed consensus halt --clear", or when the node is ` +
    'started without --halt-at-height and CONSENSUS_HALT_AT_HEIGHT'
  );
}

/** Why a member cannot stop behind a height, with the cure; undefined where it can. */
export function haltHeightFault(height: bigint, finalHeight: bigint): string | undefined {
  if (height >= finalHeight) return undefined;
  return (
    `height ${height} to halt at is passed: the newest final height here is ${finalHeight}. Name one from ` +
    `${finalHeight} on, or leave --halt-at-height (CONSENSUS_HALT_AT_HEIGHT) out`
  );
}
