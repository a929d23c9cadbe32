import type { MemberIndex } from '#libs/chain/ids.ts';
import { LateReports } from '#libs/engine/joining/late-reports.ts';
import type { EpochFacts } from '#libs/engine/membership/membership-book.ts';
import type { VoteVerifier } from '#libs/engine/membership/membership-desk.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { OperatorCode } from '#libs/engine/ports/operator-codes.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { MUTE_MS } from '#libs/replica/limits.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { claimVerifier } from './adapters/claim-verifier.ts';
import { systemClock } from './adapters/system-clock.ts';
import type { MemberParts } from './member-parts.ts';

/** Counts what each member of an epoch sends that is false or useless, and has the gateway read nothing of one that does harm. */
export class PeerHarm {
  readonly #parts: Pick<MemberParts, 'chain' | 'gateway' | 'verifier' | 'log'>;
  readonly guard: PeerGuard;
  readonly lateReports = new LateReports(systemClock);

  constructor(parts: Pick<MemberParts, 'chain' | 'gateway' | 'verifier' | 'log'>, { set }: Membership) {
    this.#parts = parts;
    this.guard = new PeerGuard(set.members.length, () => performance.now());
  }

  /** Verifies with the keys of an epoch, on the account of who brings what is verified. */
  verifierOf({ set, epoch }: EpochFacts): ClaimVerifier & VoteVerifier {
    const { chain, verifier, log } = this.#parts;
    const scope = { chain: chain.chainDigest, protocol: chain.genesis.protocol, epoch };
    const onMuted = (member: MemberIndex): void => this.#mute(member, 'false signatures');
    return claimVerifier({ verifier, set, scope, guard: this.guard, onMuted, log });
  }

  /** What is refused for want of room is no fault of the sender, and a false signature has its own account. */
  refused(from: MemberIndex, cause: RefusalCause): void {
    if (cause === 'overloaded' || cause === 'bad-signature') return;
    if (this.guard.uselessMessage(from)) this.#mute(from, 'a flood of useless messages');
  }

  #mute(member: MemberIndex, reason: string): void {
    const { chain, gateway, log } = this.#parts;
    const peer = chain.book.current.set.members[member]?.name ?? 'a guest';
    const code: OperatorCode = 'DOS_ATTACKER_BLOCKED';
    log.warn('peer does harm, nothing of it is read for a while', {
      peer,
      code,
      reason,
      durationMs: MUTE_MS,
    });
    gateway.mute(member, MUTE_MS);
  }
}
