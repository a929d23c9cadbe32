import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type {
  HostedModule,
  HostedProtocol,
  HostedRecord,
  HostedState,
  ProtocolMessage,
} from '#libs/protocol/hosting/hosted-protocol.ts';
import type { Effect } from '#libs/protocol/module.ts';

/** The work that a store was asked for, in its order. */
export type StoreWork =
  | { readonly kind: 'save'; readonly record: HostedRecord }
  | { readonly kind: 'put'; readonly digest: BlockWithFrontier['block']['digest'] }
  | { readonly kind: 'commit'; readonly certificate: QuorumCertificate };

/** A protocol that runs as it is, while its steps on messages are timed and what its first member stores is kept. */
export class RecordedWork {
  readonly stepMs: number[] = [];
  readonly store: StoreWork[] = [];
  readonly protocol: HostedProtocol;
  /** The states of the first member. */
  readonly #watched = new WeakSet<HostedState>();

  constructor(protocol: HostedProtocol) {
    this.protocol = { ...protocol, module: this.#watch(protocol.module) };
  }

  #watch(module: HostedModule): HostedModule {
    return {
      ...module,
      init: (context) => {
        const transition = module.init(context);
        if (context.me === 0) this.#watched.add(transition.state);
        return transition;
      },
      step: (state, input) => {
        const startMs = performance.now();
        if (input.kind === 'message') {
          // A replica asks twice: before the signatures are verified, and after.
          module.admit(state, input.from, input.message);
          module.admit(state, input.from, input.message);
        }
        const transition = module.step(state, input);
        if (input.kind === 'message') this.stepMs.push(performance.now() - startMs);
        if (this.#watched.has(state)) {
          this.#watched.add(transition.state);
          this.store.push(...transition.effects.flatMap(storedBy));
          if (input.kind === 'built') this.store.push({ kind: 'put', digest: input.block.digest });
        }
        return transition;
      },
    };
  }
}

function storedBy(effect: Effect<ProtocolMessage, HostedRecord>): readonly StoreWork[] {
  switch (effect.kind) {
    case 'persist':
    case 'sign':
      return [{ kind: 'save', record: effect.record }];
    case 'check':
      return [{ kind: 'put', digest: effect.block.digest }];
    case 'commit':
      return [{ kind: 'commit', certificate: effect.certificate }];
    default:
      return [];
  }
}
