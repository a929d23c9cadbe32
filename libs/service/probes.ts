/** One condition that a probe asks about. */
export interface ProbeCheck {
  /** In snake_case. */
  readonly name: string;
  /** Why it is not met, for a person, without a secret; empty while it is. */
  readonly fault: () => string;
}

/** The answer to one probe, as HTTP has it. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

/**
 * The questions that probes of an orchestrator ask a service, in the form that Kubernetes and etcd have:
 *
 * - `/livez`: the process turns. Never more: to restart a member because others are away helps nobody.
 * - `/startupz`: the start is over.
 * - `/readyz`: it can do its work, and its checks say what is missing if not.
 *
 * `?verbose` lists all checks, a failure always does; `?exclude=NAME` leaves one out.
 */
export class Probes {
  #phase: 'starts' | 'runs' | 'stops' = 'starts';
  readonly #ready: ProbeCheck[] = [];

  /** Adds conditions of `/readyz`. */
  readyWhen(...checks: readonly ProbeCheck[]): void {
    this.#ready.push(...checks);
  }

  started(): void {
    this.#phase = 'runs';
  }

  stopping(): void {
    this.#phase = 'stops';
  }

  /**
   * The answer for one path with its query; undefined when it is no probe.
   * @param target - As a request line has it, for example `/readyz?verbose&exclude=quorum`.
   */
  answer(target: string): ProbeAnswer | undefined {
    const [path = '', query = ''] = target.split('?', 2);
    const checks = this.#checksOf(path);
    if (checks === undefined) return undefined;
    const parameters = new URLSearchParams(query);
    const excluded = new Set(parameters.getAll('exclude'));
    const asked = checks.filter(({ name }) => !excluded.has(name));
    return answerOf(path.slice(1), asked, parameters.has('verbose'));
  }

  #checksOf(path: string): readonly ProbeCheck[] | undefined {
    const started = { name: 'started', fault: () => (this.#phase === 'starts' ? 'the service starts' : '') };
    const running = { name: 'running', fault: () => (this.#phase === 'stops' ? 'the service stops' : '') };
    switch (path) {
      case '/livez':
        return [];
      case '/startupz':
        return [started];
      case '/readyz':
        return [started, running, ...this.#ready];
      default:
        return undefined;
    }
  }
}

function answerOf(probe: string, checks: readonly ProbeCheck[], isVerbose: boolean): ProbeAnswer {
  const told = checks.map(({ name, fault }) => ({ name, fault: fault() }));
  const hasFailed = told.some(({ fault }) => fault !== '');
  if (!hasFailed && !isVerbose) return { status: 200, body: 'ok\n' };
  const lines = told.map(({ name, fault }) =>
    fault === '' ? `[+]${name} ok` : `[-]${name} failed: ${oneLine(fault)}`,
  );
  const end = `${probe} check ${hasFailed ? 'failed' : 'passed'}`;
  return { status: hasFailed ? 503 : 200, body: `${[...lines, end].join('\n')}\n` };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
