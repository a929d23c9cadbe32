import type {
  ControlAnswer,
  ControlOrder,
  ControlRequest,
  EventServerStanding,
  MemberStanding,
  ServiceStanding,
} from '../core/control-messages.ts';
import { chosenServices } from '../core/control-rules.ts';
import type { ServiceName } from '../core/service-names.ts';
import { CliError } from '../words/errors.ts';
import { START_WAVES, type SupervisedMember } from './federation.ts';
import type { SupervisedService } from './supervised-service.ts';
import type { RequestedKind, SupervisorEvent } from './supervisor-event.ts';

/**
 * Carries out what a person asks of a federation that runs, one order at a time: an order that met another half way would
 * find services in neither state.
 */
export class ControlDesk {
  readonly #members: readonly SupervisedMember[];
  readonly #report: (event: SupervisorEvent) => void;
  readonly #natsServer: SupervisedService | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param natsServer - Shown to a person, and taken no order for: no member decides by it. */
  constructor(
    members: readonly SupervisedMember[],
    report: (event: SupervisorEvent) => void,
    natsServer?: SupervisedService,
  ) {
    this.#members = members;
    this.#report = report;
    this.#natsServer = natsServer;
  }

  get standing(): readonly MemberStanding[] {
    return this.#members.map(({ name, clientAddress, services }) => ({
      name,
      clientAddress,
      services: [...services].map(([service, process]) => standingOf(service, process)),
    }));
  }

  async answer(request: ControlRequest): Promise<ControlAnswer> {
    if (request.verb === 'list') return this.#listed();
    const answered = this.#turn.then(() => this.#obey(request));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  #listed(): ControlAnswer {
    const listed = { kind: 'listed', members: this.standing } as const;
    if (this.#natsServer === undefined) return listed;
    return { ...listed, natsServer: processOf(this.#natsServer) };
  }

  async #obey(order: ControlOrder): Promise<ControlAnswer> {
    const choice = chosenServices(order, this.standing);
    if (choice.kind === 'refused') return choice;
    try {
      await this.#carryOut(order, choice.services);
      return { kind: 'done', services: choice.services };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const { detail, message } = error;
      return {
        kind: 'refused',
        sentence: message,
        ...('service' in detail ? { service: detail.service } : {}),
      };
    }
  }

  async #carryOut({ verb, member }: ControlOrder, names: readonly ServiceName[]): Promise<void> {
    const all = this.#members.find(({ name }) => name === member)?.services;
    const chosen = names.flatMap((name) => all?.get(name) ?? []);
    switch (verb) {
      case 'kill':
        await Promise.all(chosen.map((service) => service.putDown('at once')));
        return this.#tell('killed', chosen);
      case 'restart':
        return this.#restart(names, all);
      case 'pause':
        for (const service of chosen) service.pause();
        return this.#tell('paused', chosen);
      case 'resume':
        for (const service of chosen) service.resume();
        return this.#tell('resumed', chosen);
    }
  }

  /** In the order of a stop and then of a start: each wave needs the one before it. */
  async #restart(
    names: readonly ServiceName[],
    all: SupervisedMember['services'] | undefined,
  ): Promise<void> {
    const waves = START_WAVES.map((wave) =>
      wave.filter((name) => names.includes(name)).flatMap((name) => all?.get(name) ?? []),
    );
    for (const wave of waves.toReversed()) {
      await Promise.all(wave.map((service) => service.putDown('in order')));
    }
    for (const wave of waves) {
      const results = await Promise.allSettled(wave.map((service) => this.#start(service)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  }

  async #start(service: SupervisedService): Promise<void> {
    try {
      await service.restart();
    } catch (error) {
      this.#tell('stays-down', [service]);
      throw error;
    }
    this.#tell('restarted-by-request', [service]);
  }

  #tell(kind: RequestedKind, services: readonly SupervisedService[]): void {
    for (const { label } of services) this.#report({ kind, service: label });
  }
}

function standingOf(service: ServiceName, process: SupervisedService): ServiceStanding {
  return { service, ...processOf(process) };
}

function processOf({ state, pid }: SupervisedService): EventServerStanding {
  return { state, ...(pid === undefined ? {} : { pid }) };
}
