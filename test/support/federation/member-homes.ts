import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cardOf, LISTEN_ADDRESS } from '#test/support/network/network-plan.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** The slowest scheme takes a second for a key; twenty times that, for seven members, on a machine with other work. */
const HOMES_MS_MAX = 600_000;

/** `testnet` gives each member a range of ports that begins with that of its gateway. */
const PORTS_EACH = 10;

export interface HomesOptions {
  readonly members: number;
  readonly basePort: number;
  readonly scheme?: string | undefined;
  /** The usual one when left out. */
  readonly protocol?: string | undefined;
  readonly transport?: string | undefined;
  /** Numbers of the protocol, as NAME=VALUE. */
  readonly parameters?: readonly string[] | undefined;
}

/** Makes the homes of a federation by the command that a person would type. */
export function makeHomes(
  out: string,
  { members, basePort, scheme, protocol, transport, parameters = [] }: HomesOptions,
): void {
  const sizes = ['--members', String(members), '--base-port', String(basePort)];
  const command = [join(ROOT, 'services/cli/main.ts'), 'testnet', ...sizes, '--out', out];
  const chosen = Object.entries({ '--scheme': scheme, '--protocol': protocol, '--transport': transport });
  const given = chosen.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  const named = parameters.flatMap((parameter) => ['--parameter', parameter]);
  const made = spawnSync(process.execPath, [...command, ...given, ...named], {
    encoding: 'utf8',
    timeout: HOMES_MS_MAX,
  });
  if (made.status !== 0) throw new Error(`testnet failed: ${made.stderr}`);
}

/** Lets the members of a new federation listen on their cards in a network lab, and look for each other there. */
export function moveToCards(out: string, members: number, basePort: number): void {
  const local = (index: number) => `/ip4/127.0.0.1/tcp/${basePort + index * PORTS_EACH}`;
  for (let index = 0; index < members; index++) {
    rewrite(join(out, `m${index}`, 'conf.yaml'), (text) => text.replace(local(index), LISTEN_ADDRESS));
    rewrite(join(out, `m${index}`, 'peers.yaml'), (text) =>
      Array.from({ length: members }, (_, peer) => peer).reduce(
        (changed, peer) => changed.replace(local(peer), cardOf(peer).address),
        text,
      ),
    );
  }
}

function rewrite(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${file} has none of the addresses that were looked for`);
  writeFileSync(file, changed);
}

/** A file that sets the clock of its process wrong and then runs `script`. Production knows nothing of it. */
export function clockShifted(file: string, script: string, shiftMs: number): string {
  writeFileSync(
    file,
    `const Right = Date;
     globalThis.Date = class extends Right {
       constructor(...given) { super(...(given.length === 0 ? [Right.now() + ${shiftMs}] : given)); }
       static now() { return Right.now() + ${shiftMs}; }
     };
     await import(${JSON.stringify(script)});`,
  );
  return file;
}

/** One place in the source of a service, and what stands there instead. */
export interface SourcePatch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A file that changes one source while `script` is loaded, which must be of the sources and not of a bundle. */
export function patched(file: string, script: string, { file: source, find, replace }: SourcePatch): string {
  const url = pathToFileURL(join(ROOT, source)).href;
  writeFileSync(
    file,
    `import { registerHooks } from 'node:module';
     registerHooks({
       load(url, context, next) {
         const module = next(url, context);
         if (url !== ${JSON.stringify(url)}) return module;
         const parts = Buffer.from(module.source).toString('utf8').split(${JSON.stringify(find)});
         if (parts.length !== 2) throw new Error('what is to be changed does not stand once in ${source}');
         return { ...module, source: parts.join(${JSON.stringify(replace)}) };
       },
     });
     await import(${JSON.stringify(script)});`,
  );
  return file;
}

/** Sets the level in conf.yaml, which has the last word on it. */
export function setLogLevel(home: string, level: string): void {
  const file = join(home, 'conf.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^( *level:) *\S+$/m, `$1 ${level}`));
}
