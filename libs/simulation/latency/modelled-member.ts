import { assert } from '#libs/assert/assert.ts';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { TransportPort } from '#libs/replica/ports.ts';
import { Replica } from '#libs/replica/replica.ts';
import type { CpuAccount, HostCores } from './host-cores.ts';
import { isModelled, type ModelledMessage } from './latency-setting.ts';
import { contextOf, custodianOf, startOnGenesis } from './member-beginning.ts';
import type { BlockContent } from './modelled-blocks.ts';
import { ModelledMessenger } from './modelled-messenger.ts';
import { modelledPorts, type PortsUser } from './modelled-ports.ts';
import { ModelledReferences } from './modelled-references.ts';
import { ModelledSigner } from './modelled-signer.ts';
import { modelledClock } from './modelled-timers.ts';
import { ModelledTransactions } from './modelled-transactions.ts';
import { modelledVerifier } from './modelled-verifier.ts';
import type { ModelledWorld } from './modelled-world.ts';
import { NumberedPool } from './numbered-pool.ts';
import { ProcessLane, type WorkMeter } from './process-lane.ts';
import { SignatureWork } from './signature-work.ts';

/** A member of the model: the replica of production, over processes, a disk and cores that take their time. */
export class ModelledMember implements PortsUser {
  readonly account: CpuAccount = { cpuMs: 0 };
  readonly me: MemberIndex;
  readonly world: ModelledWorld;
  readonly work: SignatureWork;
  readonly signer: ModelledSigner;
  readonly verifier: ClaimVerifier;
  readonly transport: TransportPort<ProtocolMessage>;
  readonly #consensus: ProcessLane;
  readonly #messenger: ModelledMessenger;
  readonly #references: ModelledReferences;
  readonly #replica: Replica<HostedState, ProtocolMessage, HostedRecord>;
  readonly #transactions = new ModelledTransactions();
  #height = 0n;
  #meter: WorkMeter | undefined;

  constructor(world: ModelledWorld, me: number, cores: HostCores) {
    this.world = world;
    this.me = toMemberIndex(me);
    const { setting, schedule, module, numbers, signature } = world;
    const { costs } = setting;
    const lane = (): ProcessLane => new ProcessLane(schedule, cores, this.account);
    this.#consensus = lane();
    this.#messenger = new ModelledMessenger(world, this.me, lane());
    this.work = new SignatureWork({ schedule, cores, account: this.account, costs });
    const custodian = custodianOf(world, this.me);
    this.signer = new ModelledSigner({ lane: lane(), work: this.work, custodian, numbers, costs, signature });
    const pool = new NumberedPool(numbers, signature);
    this.verifier = modelledVerifier({
      ...{ world, work: this.work, pool, meter: () => this.meter },
      run: (job) => this.run(job),
    });
    this.#references = new ModelledReferences({
      ...{ module, pool, verifier: this.verifier, context: contextOf(world, this.me) },
      clock: modelledClock(schedule, (fire) => this.run(fire)),
      peers: { send: (to, body, _epoch, form = 'whole') => this.#say(to, body, form) },
    });
    this.transport = this.#references.transport;
    this.#replica = new Replica(module, contextOf(world, this.me), modelledPorts(this));
  }

  start(): void {
    this.run(() => startOnGenesis(this.#replica, this.world, this.me));
  }

  get position(): Position {
    return this.#replica.snapshot().position;
  }

  get content(): BlockContent {
    return { transactions: this.#transactions.waiting, nowMs: this.meter.nowMs };
  }

  get meter(): WorkMeter {
    assert(this.#meter !== undefined, 'consensus works in its own jobs alone');
    return this.#meter;
  }

  /** A client's transaction, which the others hear of. */
  submit(transaction: Transaction): void {
    this.run(() => {
      this.#say('all', { kind: 'transactions', transactions: [transaction] }, 'whole');
      this.#take([transaction]);
    });
  }

  /** The last byte of a message is there. */
  hear(from: MemberIndex, message: ModelledMessage): void {
    const { body, bytes } = message;
    this.#messenger.hear(bytes, this.#consensus, (meter) =>
      this.#with(meter, () => {
        if (body.kind === 'transactions') this.#take(body.transactions);
        else if (body.kind === 'protocol')
          this.#references.read(from, message, body, () => this.#receive(from, body));
        else this.#references.hear(from, body);
      }),
    );
  }

  #receive(from: MemberIndex, message: ProtocolMessage): void {
    const { messageFactor, stepUs } = this.world.setting.costs;
    this.meter.spend((messageFactor * stepUs) / 1_000);
    this.#replica.receive(from, message);
  }

  #say(to: MemberIndex | 'all', body: PeerMessageBody, form: MessageForm): void {
    assert(isModelled(body), `no member of the model says ${body.kind}`);
    this.#messenger.send(this.meter, to, { body, form });
  }

  readonly late = (message: ProtocolMessage): void => this.#references.late(message);

  run(job: () => void): void {
    this.#consensus.push((meter) => this.#with(meter, job));
  }

  commit(certificate: QuorumCertificate): void {
    const { digest, height } = certificate;
    if (height <= this.#height) return;
    const { commitMs, commitCpuMs } = this.world.setting.costs;
    this.meter.spend(commitCpuMs);
    this.meter.wait(commitMs - commitCpuMs);
    const blocks = this.world.blocks.branch(digest, this.#height);
    this.#height = height;
    this.#transactions.finalise(blocks);
    this.world.finalised({ member: this.me, blocks, atMs: this.meter.nowMs });
    const [newest] = blocks;
    if (newest !== undefined) this.#replica.final({ header: newest.header, digest, certificate });
    this.#replica.work(this.#transactions.waiting.length > 0);
  }

  #take(transactions: readonly Transaction[]): void {
    this.#transactions.take(transactions);
    if (this.#transactions.waiting.length > 0) this.#replica.work(true);
  }

  #with(meter: WorkMeter, job: () => void): void {
    this.#meter = meter;
    job();
    this.#meter = undefined;
  }
}
