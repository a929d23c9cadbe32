import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Progress, PublicState } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { SignerProofs } from '#libs/replica/signer-proofs.ts';
import type { EngineOptions } from './engine-options.ts';
import { haltingSigner } from './joining/halting-signer.ts';
import { Heartbeat } from './joining/heartbeat.ts';
import { Joining } from './joining/joining.ts';
import { trusting } from './joining/trusting-signer.ts';
import type { ClaimVerifier } from './ports/engine-ports.ts';

interface HeartbeatSurroundings {
  readonly at: () => Position;
  readonly help: (member: MemberIndex, reported: Progress) => void;
}

/** Says now and then how far this member is, and helps those that are behind. */
export function newHeartbeat(options: EngineOptions, { at, help }: HeartbeatSurroundings): Heartbeat {
  const { context, chain, peers, clock, audit } = options;
  const decided = () => chain.tip().certificate;
  const rootHeight = context.root.height;
  return new Heartbeat({ audit, me: context.me, peers, clock, decided, rootHeight, at, help });
}

interface JoiningSurroundings {
  readonly verifier: ClaimVerifier;
  readonly at: () => Position;
  readonly heartbeat: Heartbeat;
}

/** Keeps a member from signing before others are near. */
export function newJoining(
  options: EngineOptions,
  { verifier, at, heartbeat }: JoiningSurroundings,
): Joining {
  const { context, peers, clock, chain, haltHeight: halt, hasJoined, joined } = options;
  const { me, set } = context;
  const trusted = trusting(options.signer, verifier, me);
  const signer =
    halt === undefined
      ? trusted
      : haltingSigner(trusted, { halt, finalHeight: () => chain.tip().header.height });
  const ask = (member: MemberIndex): void => heartbeat.tell(member, true);
  return new Joining({ me, set, signer, peers, clock, at, ask, onJoined: joined }, hasJoined);
}

/** The verifier of claims, which takes the signer's word for the certificates that its votes rest on. */
export function withSignerProofs(
  { context, prover, verifier }: EngineOptions,
  now: () => PublicState,
): ClaimVerifier {
  if (prover === undefined || context.me === undefined) return verifier;
  const { set, table } = context;
  return new SignerProofs({ verifier, prover, set, table, now });
}
