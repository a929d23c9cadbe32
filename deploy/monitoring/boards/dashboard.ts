import type { Board, Panel } from './board.ts';
import type { Dashboard } from './dashboard-schema.ts';

type GrafanaPanel = Dashboard['panels'][number];
type Thresholds = NonNullable<GrafanaPanel['fieldConfig']['defaults']['thresholds']>;

const TAG = 'btcfed';
const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** A grid of 24 columns. */
const FIGURE = { w: 6, h: 4, inRow: 4 };
const GRAPH = { w: 12, h: 8, inRow: 2 };

const FIGURE_OPTIONS = {
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  ...{ colorMode: 'value', graphMode: 'none', justifyMode: 'auto', orientation: 'auto', textMode: 'auto' },
};
const GRAPH_OPTIONS = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
  tooltip: { mode: 'multi', sort: 'desc' },
};

/** A dashboard as Grafana keeps it. */
export function dashboardOf({ name, title, description, panels }: Board): Dashboard {
  return {
    uid: `${TAG}-${name}`,
    title,
    description,
    tags: [TAG],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [LINK_TO_THE_OTHERS],
    templating: { list: VARIABLES },
    panels: placed(panels),
  };
}

const LINK_TO_THE_OTHERS = {
  title: 'BTC federation',
  type: 'dashboards',
  tags: [TAG],
  icon: 'external link',
  tooltip: '',
  asDropdown: false,
  targetBlank: false,
  includeVars: true,
  keepTime: true,
} satisfies Dashboard['links'][number];

/** Asked of the metric that each service of every version has. */
const VARIABLES: Dashboard['templating']['list'] = [
  { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
  {
    name: 'chain',
    label: 'Chain',
    type: 'query',
    datasource: DATASOURCE,
    query: 'label_values(btcfed_build_info, chain)',
    refresh: 1,
    sort: 1,
  },
  {
    name: 'member',
    label: 'Member',
    type: 'query',
    datasource: DATASOURCE,
    query: 'label_values(btcfed_build_info{chain="$chain"}, member)',
    refresh: 1,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.+',
    current: { text: 'All', value: '$__all' },
  },
];

/** Figures in rows of four, below them graphs in rows of two. */
function placed(panels: readonly Panel[]): GrafanaPanel[] {
  const figures = panels.filter(({ isFigure }) => isFigure);
  const graphs = panels.filter(({ isFigure }) => !isFigure);
  const below = Math.ceil(figures.length / FIGURE.inRow) * FIGURE.h;
  return [
    ...figures.map((panel, at) => panelOf(panel, { id: at + 1, gridPos: placeOf(at, FIGURE, 0) })),
    ...graphs.map((panel, at) =>
      panelOf(panel, { id: figures.length + at + 1, gridPos: placeOf(at, GRAPH, below) }),
    ),
  ];
}

function placeOf(at: number, { w, h, inRow }: typeof FIGURE, top: number): GrafanaPanel['gridPos'] {
  return { h, w, x: (at % inRow) * w, y: top + Math.floor(at / inRow) * h };
}

function panelOf(panel: Panel, place: Pick<GrafanaPanel, 'id' | 'gridPos'>): GrafanaPanel {
  const { title, description, unit, query, legend, isFigure } = panel;
  const thresholds = thresholdsOf(panel);
  return {
    id: place.id,
    type: isFigure ? 'stat' : 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    gridPos: place.gridPos,
    fieldConfig: { defaults: { unit, ...(thresholds === undefined ? {} : { thresholds }) }, overrides: [] },
    options: isFigure ? FIGURE_OPTIONS : GRAPH_OPTIONS,
    targets: [{ refId: 'A', datasource: DATASOURCE, expr: query, legendFormat: legend }],
  };
}

/** Always given to a figure: Grafana's own would be red from 80 on. */
function thresholdsOf({ isFigure, redFrom, redBelow }: Panel): Thresholds | undefined {
  if (!isFigure) return undefined;
  const steps: Thresholds['steps'] = [{ color: redBelow === undefined ? 'green' : 'red', value: null }];
  if (redFrom !== undefined) steps.push({ color: 'red', value: redFrom });
  if (redBelow !== undefined) steps.push({ color: 'green', value: redBelow });
  return { mode: 'absolute', steps };
}
