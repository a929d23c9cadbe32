/** The facts about one member in a status line. */
export interface StatusLineFacts {
  readonly name: string;
  readonly height: bigint;
  readonly view: bigint;
  /** Name of the leader of the view. */
  readonly leader: string;
  readonly connectedPeers: number;
  readonly peers: number;
  /** 0: nothing became final since this member started. */
  readonly lastCommitMs: number;
  readonly mempoolTransactions: number;
  /** "active", "catching up" or "halted: why". */
  readonly mode: string;
}

/** One line about one member; undefined stands for a member that does not answer. */
export function statusLine(name: string, status: StatusLineFacts | undefined): string {
  if (status === undefined) return `${name}  no answer`;
  const { height, view, leader, connectedPeers, peers, lastCommitMs, mempoolTransactions, mode } = status;
  const commit = lastCommitMs === 0 ? '-' : `${Math.round(lastCommitMs)} ms`;
  return [
    name.padEnd(4),
    `height ${String(height).padEnd(6)}`,
    `view ${String(view).padEnd(6)}`,
    `leader ${leader.padEnd(4)}`,
    `peers ${connectedPeers}/${peers}`,
    `last commit ${commit.padEnd(8)}`,
    `waiting ${String(mempoolTransactions).padEnd(4)}`,
    mode,
  ].join('  ');
}
