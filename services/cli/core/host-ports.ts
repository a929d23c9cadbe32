import { type Check, check } from './doctor-check.ts';

/** A TCP address that a service of the node listens on. */
export interface PortFacts {
  /** `gateway`, `metrics` of the node, or `metrics of gateway` where a variable gives it a port of its own. */
  readonly service: string;
  /** The key of conf.yaml that names it. */
  readonly key: string;
  readonly address: string;
  readonly state: PortState;
}

/**
 * `own`: this node listens there. `taken`: somebody else does; without a holder it could not be seen who.
 * `elsewhere`: no interface of this machine has the address. `nameless`: no host has the name. `refused`: the system's code.
 * `shared`: another service of this node is to listen there too.
 */
export type PortState =
  | { readonly kind: 'free' | 'own' | 'elsewhere' | 'nameless' }
  | { readonly kind: 'shared'; readonly service: string }
  | { readonly kind: 'taken'; readonly holder?: PortHolder }
  | { readonly kind: 'refused'; readonly code: string };

export interface PortHolder {
  readonly pid: number;
  /** Of its program. */
  readonly name: string;
}

export interface PortsSetting {
  readonly home: string;
  readonly isRunning: boolean;
}

/** Judges every port of the node: free for a start, or taken by the node itself while it runs. */
export function judgePorts(ports: readonly PortFacts[], setting: PortsSetting): readonly Check[] {
  return ports.map((port) => {
    const { verdict, word, cure } = judged(port, setting);
    const isFatal = verdict === 'failure' && isNeeded(port, ports);
    const found = `${port.address}, ${port.key}: ${word}`;
    return check(
      `port of ${port.service}`,
      verdict === 'failure' && !isFatal ? 'warning' : verdict,
      found,
      cure,
    );
  });
}

/** A node starts when its gateway can listen on one address, and when nobody can read its metrics. */
function isNeeded({ service }: PortFacts, ports: readonly PortFacts[]): boolean {
  if (service.startsWith('metrics')) return false;
  if (service !== 'gateway') return true;
  const usable = ports.filter(
    (port) => port.service === service && ['free', 'own'].includes(port.state.kind),
  );
  return usable.length === 0;
}

type Judgement = Pick<Check, 'verdict' | 'cure'> & { readonly word: string };

function judged({ service, key, state }: PortFacts, { home, isRunning }: PortsSetting): Judgement {
  const change = key.endsWith('_LISTEN')
    ? `give the node another ${key}`
    : `change ${key} in conf.yaml and type "btcfed config validate --home ${home}"`;
  switch (state.kind) {
    case 'own':
      return { verdict: 'ok', word: 'this node listens there', cure: '' };
    case 'free':
      return isRunning
        ? {
            verdict: 'warning',
            word: 'nobody listens there, and the node runs',
            cure: `"btcfed status --home ${home}" says whether it starts or waits; its log says why`,
          }
        : { verdict: 'ok', word: 'free', cure: '' };
    case 'taken':
      return taken(state.holder, { home, isRunning, change });
    case 'elsewhere':
      return service === 'signer'
        ? { verdict: 'ok', word: 'of another host, where the signer runs: not tried from here', cure: '' }
        : {
            verdict: 'failure',
            word: 'no interface of this machine has it',
            cure: `"ip address" shows those that there are; ${change}`,
          };
    case 'nameless':
      return { verdict: 'failure', word: 'no host has this name', cure: change };
    case 'shared': {
      const word = `${state.service} is to listen there too, and one alone can`;
      return { verdict: 'failure', word, cure: change };
    }
    case 'refused':
      return {
        verdict: 'failure',
        word: state.code === 'EACCES' ? 'ports below 1024 are not for this user' : `refused, ${state.code}`,
        cure: change,
      };
  }
}

function taken(
  holder: PortHolder | undefined,
  { home, isRunning, change }: PortsSetting & { readonly change: string },
): Judgement {
  if (holder !== undefined) {
    const { name, pid } = holder;
    // The first process holds sockets for units that it starts when somebody calls.
    const stop = pid === 1 ? '"systemctl list-sockets" names its unit, stop that' : `stop it ("kill ${pid}")`;
    const cure = `${stop}, or ${change}`;
    return { verdict: 'failure', word: `in use by another process, ${name} with pid ${pid}`, cure };
  }
  if (isRunning) {
    const cure = `run "btcfed doctor --home ${home}" as the user of the node, or as root`;
    return { verdict: 'warning', word: 'in use, unknown by whom: this user may not see it', cure };
  }
  const cure = `"ss -ltnp" as root shows who it is; stop it, or ${change}`;
  return { verdict: 'failure', word: 'in use by another process', cure };
}
