import { nkeys } from 'nats';
import type { Origin } from './headers.ts';
import { EVENT_LIMITS } from './limits.ts';
import { INBOXES, KEEP, LOOK, PULL, READ } from './stream-requests.ts';
import { ALL_EVENTS, eventsOf } from './subjects.ts';

/** Services that publish. */
type EventService = 'config' | 'gateway' | 'consensus';

/** A nats-server on this machine that serves our members, and readers that have its password. */
export interface LocalServerOptions {
  readonly host: string;
  readonly port: number;
  /** Folder of its JetStream store. */
  readonly folder: string;
  readonly members: readonly Origin[];
  /** Password of readers: plain characters that nobody guesses. */
  readonly password: string;
}

export interface LocalServer {
  /** Text of its configuration file. Has the password of readers. */
  readonly configuration: string;
  /** The URLs of each member's services, in the order of the members, with a key for this server alone. */
  readonly services: readonly Readonly<Record<EventService, string>>[];
  /** Reads all events and stored facts, and writes none. */
  readonly reader: string;
  /** Makes the stream of facts, and does nothing else. */
  readonly keeper: string;
}

const FACTS_ACCOUNT = 'FACTS';
const READERS_ACCOUNT = 'READERS';
const READER = 'reader';

/** One service of one member, in an account of its own. */
interface Publisher {
  readonly account: string;
  readonly key: Key;
  /** All that it may say. */
  readonly events: string;
}

/** An nkey: the server learns the public half alone, so an intruder on its port learns nothing of use. */
interface Key {
  readonly publicKey: string;
  readonly seed: string;
}

/**
 * The configuration of the permissions of a nats-server: everybody needs a key or the password, a service publishes
 * below its own subject alone, readers read. Each service has an account, because the answers of the server stay in
 * an account: with all users in one, a publisher could name the subject of another one as the place for the answer to
 * its request.
 *
 * @throws SubjectError for names that can stand in no subject.
 */
export function localServer({ host, port, folder, members, password }: LocalServerOptions): LocalServer {
  const publishers = members.map((member, index) => publishersOf(member, index));
  const all = publishers.flat();
  const keeper = newKey();
  const url = (credentials: string): string => `nats://${credentials}@${host}:${port}`;
  const configuration = {
    host,
    port,
    max_payload: EVENT_LIMITS.messageBytesMax,
    max_connections: all.length + EVENT_LIMITS.readersMax,
    authorization: { timeout: EVENT_LIMITS.greetingSecondsMax },
    jetstream: { store_dir: folder, max_memory_store: 0, max_file_store: EVENT_LIMITS.streamBytes },
    accounts: {
      [FACTS_ACCOUNT]: factsAccount(keeper, all),
      [READERS_ACCOUNT]: readersAccount(password, all),
      ...Object.fromEntries(all.map((publisher) => [publisher.account, publisherAccount(publisher)])),
    },
  };
  return {
    configuration: `${JSON.stringify(configuration, null, 1)}\n`,
    services: publishers.map(([config, gateway, consensus]) => ({
      config: url(config.key.seed),
      gateway: url(gateway.key.seed),
      consensus: url(consensus.key.seed),
    })),
    reader: url(`${READER}:${password}`),
    keeper: url(keeper.seed),
  };
}

function publishersOf(member: Origin, index: number): readonly [Publisher, Publisher, Publisher] {
  const publisher = (service: EventService): Publisher => {
    const account = `m${index}-${service}`;
    return { account, key: newKey(), events: eventsOf(member, service) };
  };
  return [publisher('config'), publisher('gateway'), publisher('consensus')];
}

function newKey(): Key {
  const pair = nkeys.createUser();
  return { publicKey: pair.getPublicKey(), seed: Buffer.from(pair.getSeed()).toString('ascii') };
}

/** Holds the stream; facts come in as requests, which JetStream answers. */
function factsAccount({ publicKey }: Key, publishers: readonly Publisher[]): object {
  return {
    jetstream: {
      max_memory: 0,
      max_file: EVENT_LIMITS.streamBytes,
      max_streams: 1,
      max_consumers: EVENT_LIMITS.consumersMax,
    },
    users: [{ nkey: publicKey, permissions: { publish: KEEP, subscribe: [INBOXES] } }],
    exports: [
      ...LOOK.map((service) => ({ service })),
      ...READ.filter((subject) => !LOOK.includes(subject)).map((service) => ({
        service,
        accounts: [READERS_ACCOUNT],
        ...(service === PULL ? { response_type: 'stream' } : {}),
      })),
      ...publishers.map(({ account, events }) => ({ service: events, accounts: [account] })),
    ],
  };
}

function readersAccount(password: string, publishers: readonly Publisher[]): object {
  const permissions = { publish: READ, subscribe: [ALL_EVENTS, INBOXES] };
  return {
    users: [{ user: READER, password, permissions }],
    imports: [
      ...publishers.map(({ account, events }) => ({ stream: { account, subject: events } })),
      ...READ.map((subject) => ({ service: { account: FACTS_ACCOUNT, subject } })),
    ],
  };
}

function publisherAccount({ key, events }: Publisher): object {
  const permissions = { publish: [events, ...LOOK], subscribe: [INBOXES] };
  return {
    users: [{ nkey: key.publicKey, permissions }],
    exports: [{ stream: events, accounts: [READERS_ACCOUNT] }],
    imports: [events, ...LOOK].map((subject) => ({ service: { account: FACTS_ACCOUNT, subject } })),
  };
}
