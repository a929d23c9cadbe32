import type { LinkState } from '../decided-height.ts';
import type { MemberProgress, MemberStage, OwnHeights } from '../member-progress.ts';
import type { HeightReport } from './reported-heights.ts';

/** Blocks behind that say nothing: the next one is on its way. */
const ON_THE_WAY = 1n;

/** The facts about a name of the members, of the candidates, or of those that were voted out because they were away. */
export interface ProgressFacts {
  readonly name: string;
  readonly standing: 'member' | 'candidate' | 'suspended';
  /** Given of this node itself. */
  readonly own: OwnHeights | undefined;
  /** Undefined where nobody here meets it. */
  readonly link: LinkState | undefined;
  readonly report: HeightReport | undefined;
  readonly nowMs: number;
}

/** The stage and the height of one member or candidate: as old as the newest word of it. */
export function progressOf({ name, standing, own, link, report, nowMs }: ProgressFacts): MemberProgress {
  if (own !== undefined) {
    const behind = own.target > own.height ? own.target - own.height : 0n;
    const stage = stageOf({ standing, isConnected: true, behind });
    return { name, stage, isConnected: true, height: own.height, behind, isFetching: false, agoMs: 0 };
  }
  const isConnected = link?.isConnected === true;
  const lag = report && report.finalHeight - report.height;
  const behind = lag !== undefined && lag < 0n ? 0n : lag;
  return {
    ...{ name, stage: stageOf({ standing, isConnected, behind }), isConnected },
    ...{ height: report?.height, behind, isFetching: report?.by === 'asking' },
    agoMs: report && nowMs - report.atMs,
  };
}

/** A candidate and a suspended one stay what they are, however far they are: neither counts for a quorum. */
function stageOf({
  standing,
  isConnected,
  behind = 0n,
}: Pick<ProgressFacts, 'standing'> & Pick<MemberProgress, 'isConnected' | 'behind'>): MemberStage {
  if (standing !== 'member') return standing;
  if (!isConnected) return 'unreachable';
  return behind > ON_THE_WAY ? 'catching-up' : 'member';
}

/** The newer of two words about one height. */
export function newerReport(
  one: HeightReport | undefined,
  other: HeightReport | undefined,
): HeightReport | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.atMs >= other.atMs ? one : other;
}
