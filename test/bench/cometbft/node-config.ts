/** The values of one section of config.toml by key, as TOML has them; the section before the first head is ''. */
export type ConfigChanges = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SECTION = /^\[(\w+)\]$/;

/**
 * The text of a config.toml with other values.
 * @throws Error naming a key that is not there exactly once: this CometBFT is not the one that the changes were written for.
 */
export function changedConfig(text: string, changes: ConfigChanges): string {
  const found = new Map<string, number>();
  let section = '';
  const lines = text.split('\n').map((line) => {
    section = SECTION.exec(line)?.[1] ?? section;
    const key = keyOf(line);
    const value = key === undefined ? undefined : changes[section]?.[key];
    if (key === undefined || value === undefined) return line;
    const name = nameOf(section, key);
    found.set(name, (found.get(name) ?? 0) + 1);
    return `${key} = ${value}`;
  });
  for (const [inside, values] of Object.entries(changes))
    for (const key of Object.keys(values)) {
      const name = nameOf(inside, key);
      const times = found.get(name) ?? 0;
      if (times !== 1) throw new Error(`config.toml of CometBFT has ${name} ${times} times, not once`);
    }
  return lines.join('\n');
}

/** Identities of the nodes in the order of their folders, as `cometbft testnet` wrote them into each config.toml. */
export function peerIdsIn(text: string): readonly string[] {
  const list = /^persistent_peers = "([^"]*)"$/m.exec(text)?.[1] ?? '';
  return list.split(',').map((peer) => {
    const id = /^([0-9a-f]{40})@/.exec(peer)?.[1];
    if (id === undefined) throw new Error(`persistent_peers of CometBFT names no identity in "${peer}"`);
    return id;
  });
}

function keyOf(line: string): string | undefined {
  return /^([\w-]+) = /.exec(line)?.[1];
}

function nameOf(section: string, key: string): string {
  return section === '' ? key : `${section}.${key}`;
}
