/** How Grafana writes the values of a panel: its own names of units. */
export type GrafanaUnit =
  | 's'
  | 'bytes'
  | 'Bps'
  | 'ops'
  | 'percentunit'
  | 'short'
  | 'none'
  | 'dateTimeAsIso'
  | 'bool_yes_no';

/** One question, and how its answer is shown. */
export interface Panel {
  readonly title: string;
  /** The meaning of a value, and the bound beyond which it is bad: a sentence for the person who looks. */
  readonly description: string;
  readonly unit: GrafanaUnit;
  /** PromQL over series of the chain and the members that are chosen (queries.ts). */
  readonly query: string;
  /** The name of a series, of its labels as `{{member}}`. */
  readonly legend: string;
  /** A figure is the newest value, large; a graph is the values over time, and the rule. */
  readonly isFigure?: true;
  /** The value from which on it is shown in red. */
  readonly redFrom?: number;
  /** The value below which it is shown in red. */
  readonly redBelow?: number;
}

/** One dashboard: figures stand above graphs, each in the order given here. */
export interface Board {
  /** Its file, and its address in Grafana after `btcfed-`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}
