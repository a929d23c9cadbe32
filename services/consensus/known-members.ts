import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { EpochFacts } from '#libs/engine/membership/membership-book.ts';
import type { Roster } from '#libs/membership/roster.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { DecidedHeight, LinkState } from './core/decided-height.ts';
import type { MemberProgress, OwnHeights } from './core/member-progress.ts';
import { newerReport, type ProgressFacts, progressOf } from './core/participation/progress.ts';
import type { HeightReport } from './core/participation/reported-heights.ts';
import type { DecisionSurroundings } from './decisions-seen.ts';

/** The members after the newest final block, with the changes that members voted for. */
interface VotedMembership extends EpochFacts {
  readonly ballots: readonly { readonly change: { readonly join: Roster } }[];
}

/** The members of each epoch, as far as their progress is told. */
export interface MemberBook {
  readonly current: VotedMembership;
  epoch: DecisionSurroundings['book']['epoch'];
}

type KnownName = Pick<ProgressFacts, 'name' | 'standing'> & { readonly index: MemberIndex | undefined };

interface Heard {
  readonly own: OwnHeights;
  /** The newest final height, if this process saw it become final. */
  readonly decided: DecidedHeight | undefined;
  /** The newest report of a name. */
  heard(name: string): HeightReport | undefined;
  /** Names of the members that were voted out because they were away. */
  readonly suspended: readonly string[];
}

interface KnowingParts {
  readonly name: string;
  readonly book: MemberBook;
  readonly gateway: KnownGateway;
  nowMs(): number;
}

/** The progress of all that have a name here; a signer of the newest block was at its height then. */
export function knownProgress(
  { name: ownName, book, gateway, nowMs }: KnowingParts,
  { own, decided, heard, suspended }: Heard,
): readonly MemberProgress[] {
  const { current } = book;
  const links = linksByName({ gateway }, current.set);
  const said = decided?.epoch === current.epoch ? signedIn(decided) : undefined;
  return namesIn(current, suspended).map(({ name, standing, index }) =>
    progressOf({
      ...{ name, standing, link: links.get(name), nowMs: nowMs() },
      own: name === ownName ? own : undefined,
      report: newerReport(heard(name), index === undefined ? undefined : said?.get(index)),
    }),
  );
}

function signedIn({ signers, height, atMs }: DecidedHeight): ReadonlyMap<MemberIndex, HeightReport> {
  const report = { by: 'whereabouts', height, finalHeight: height, atMs } as const;
  return new Map(signers.map((signer) => [signer, report]));
}

/** The members by index, then the suspended ones, then the candidates; each name once. */
function namesIn({ set, ballots }: VotedMembership, suspended: readonly string[]): readonly KnownName[] {
  const joining = ballots.flatMap(({ change }) => change.join.map(({ name }) => name));
  const names = new Map<string, KnownName>();
  for (const { name, index } of set.members) names.set(name, { name, standing: 'member', index });
  for (const [standing, others] of [
    ['suspended', suspended],
    ['candidate', joining],
  ] as const)
    for (const name of others) if (!names.has(name)) names.set(name, { name, standing, index: undefined });
  return [...names.values()];
}

interface KnownGateway {
  linkOf(peer: MemberIndex): LinkState;
  nameOf(peer: MemberIndex): string;
  peers(): number;
}

/** The connections of the members, and of the guests that have a name here. */
function linksByName(
  { gateway }: { readonly gateway: KnownGateway },
  { members }: Pick<ValidatorSet, 'members'>,
): ReadonlyMap<string, LinkState> {
  const links = new Map(members.map(({ name, index }) => [name, gateway.linkOf(index)]));
  for (let at = members.length; at < gateway.peers(); at++) {
    const peer = toMemberIndex(at);
    const name = gateway.nameOf(peer);
    if (name !== '' && !links.has(name)) links.set(name, gateway.linkOf(peer));
  }
  return links;
}
