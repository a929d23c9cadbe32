/** For the help of `btcfed init`. */
export const INIT_EXAMPLES = `
How a federation on several machines begins:
  1. each operator   $ btcfed init --home /var/lib/btcfed --name alice --announce /dns4/alice.example/tcp/9000
  2. everybody gets the member.json of all, as alice.json, bob.json, …; one of them makes the genesis for all
                     $ btcfed genesis --member alice.json bob.json carol.json dave.json --out genesis.json
  3. each operator   $ btcfed init --home /var/lib/btcfed --genesis genesis.json \\
                         --member alice.json bob.json carol.json dave.json
                     $ btcfed doctor --home /var/lib/btcfed            is this machine fit for it?
                     $ btcfed node --home /var/lib/btcfed
                     $ btcfed signer unlock --home /var/lib/btcfed     beside it, where step 1 was made with --seal

Several members on one machine need ports of their own: --listen, --client-address, --signer-address and --metrics-address.`;
