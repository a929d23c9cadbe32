import type { Block } from '#libs/chain/block.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { BlockPort } from '#libs/replica/ports.ts';
import { AdmissionWatch } from './admission-watch.ts';
import type { BlockKeeper } from './blocks/block-keeper.ts';
import { haltingBlocks } from './blocks/halting-blocks.ts';
import { newCatchUp } from './engine-catch-up.ts';
import { type EngineDesks, engineDesks } from './engine-desks.ts';
import { newHeartbeat, newJoining, withSignerProofs } from './engine-joining.ts';
import { newKeeper } from './engine-keeper.ts';
import type { EngineOptions } from './engine-options.ts';
import { type EngineReplica, engineReplica } from './engine-replica.ts';
import { ConductWatch } from './evidence/conduct-watch.ts';
import type { Heartbeat } from './joining/heartbeat.ts';
import type { Joining } from './joining/joining.ts';
import { watchingOwnKey } from './joining/own-key-watch.ts';
import { overheard } from './node-monitor.ts';
import { HaltError } from './ports/halt-cause.ts';
import type { StagedSnapshot } from './ports/snapshot-ports.ts';
import { poolingVerifier } from './references/pooling-verifier.ts';
import { References } from './references/references.ts';
import { replicaPorts } from './replica-ports.ts';
import type { CatchUp } from './sync/catch-up.ts';
import { RequestServer } from './sync/request-server.ts';
import { PacedTimers } from './timing/paced-timers.ts';
import { tracedPeers } from './trace/traced-ports.ts';
import { Gossip } from './transactions/gossip.ts';
import { TransactionPull } from './transactions/transaction-pull.ts';
import { WaitingTeller } from './transactions/waiting-teller.ts';

/** Events that the parts report to the engine. */
export interface EngineHost {
  /** Blocks became final here, lowest first. */
  finalised(blocks: readonly Block[]): void;
  /** The chain leapt to a snapshot. */
  tookSnapshot(taken: StagedSnapshot): void;
  /** The engine must sign nothing from now on. */
  halt(error: unknown): void;
  /** There is now something to decide and there was not before, or the other way round. */
  workChanged(): void;
}

/** All that one engine is made of. */
export interface EngineParts extends EngineDesks {
  readonly conduct: ConductWatch;
  readonly keeper: BlockKeeper;
  readonly sync: CatchUp;
  readonly server: RequestServer;
  readonly gossip: Gossip;
  readonly teller: WaitingTeller;
  readonly pull: TransactionPull;
  readonly heartbeat: Heartbeat;
  readonly joining: Joining;
  readonly pace: PacedTimers;
  readonly replica: EngineReplica;
  readonly references: References;
}

/** Makes the parts and joins them: no part knows more of the others than this function hands it. */
export function engineParts(options: EngineOptions, host: EngineHost): EngineParts {
  const { context, clock, steadyMs } = options;
  const at = (): Position => replica.snapshot().position;
  const claims = withSignerProofs(options, () => replica.snapshot());
  const verifier = watchingOwnKey(poolingVerifier(claims, options.signatures), {
    me: context.me,
    at,
    onForeignUse: (reason) => host.halt(new HaltError(reason, 'foreign-use')),
  });
  const told = withTracedPeers(options, at);
  const gossip = new Gossip(told.mempool, told.peers, clock);
  const desks = engineDesks(told, { gossip, verifier, at, changed: () => host.workChanged() });
  const keeper = newKeeper(told, host, { desks, seek: (certificate) => sync.seek(certificate) });
  const sync = newCatchUp(options, host, { keeper, verifier });
  const heartbeat = newHeartbeat(told, { at, help: (member, theirs) => replica.help(member, theirs) });
  const joining = newJoining(told, { verifier, at, heartbeat });
  const waits = {
    timing: context.timing,
    leave: options.protocol.viewTimers,
    repeat: options.protocol.repeatTimers,
  };
  const pace = new PacedTimers(options.timers, waits, { nowMs: () => clock.nowMs(), steadyMs });
  const teller = new WaitingTeller({ ...told, me: context.me, viewMs: () => pace.baseMs });
  const pull = new TransactionPull(told);
  const admission = new AdmissionWatch(options.protocol.module);
  const references = new References({
    ...options,
    viewMs: () => pace.baseMs,
    standingOf: (from, draft) => {
      if (!admission.admits(from, draft)) return undefined;
      return replica.snapshot().leader === from ? 'leads' : 'admitted';
    },
  });
  const { watch } = desks;
  const blocks = replicaBlocks(told, keeper, sync);
  const around = { joining, watch, gossip, teller, pace, keeper: blocks, references, sync };
  const ports = replicaPorts({ ...options, monitor: quietened(options, references) }, around);
  const replica = engineReplica(
    { ...options, protocol: { ...options.protocol, module: admission.module } },
    ports,
  );
  const server = new RequestServer({ ...options, ...options.served });
  const conduct = new ConductWatch({ ...options, replica: () => replica.snapshot() });
  options.haltHeight?.follow(() => host.workChanged());
  options.hand?.take({
    sayAll: () => gossip.sayAll(),
    waiting: () => gossip.waiting,
    nudge: () => pace.nudge(),
  });
  const rooms = { references, conduct, keeper, sync, server, gossip, teller, pull, heartbeat, joining, pace };
  return { ...desks, ...rooms, replica };
}

/** A replica that halts by itself decides nothing more: parts of messages are not asked for any more. */
function quietened({ monitor }: EngineOptions, references: References): EngineOptions['monitor'] {
  return overheard(monitor, {
    halted: (...halt) => {
      references.stop();
      monitor.halted(...halt);
    },
  });
}

/** Traces messages beside the protocol; the replica reports its own messages, and synchronisation is not traced. */
function withTracedPeers(options: EngineOptions, at: () => Position): EngineOptions {
  const { peers, trace } = options;
  return trace === undefined ? options : { ...options, peers: tracedPeers(peers, trace, at) };
}

/** The blocks as the replica has them. */
function replicaBlocks(
  { chain, haltHeight: halt }: EngineOptions,
  keeper: BlockKeeper,
  sync: Pick<CatchUp, 'seek'>,
): BlockPort {
  if (halt === undefined) return keeper;
  return haltingBlocks(keeper, {
    ...{ halt, finalHeight: () => chain.tip().header.height },
    onMissing: (certificate) => sync.seek(certificate),
  });
}
