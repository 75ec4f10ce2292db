// Heat maps, scatter and forecast bands are drawn by Plotly, of which only these traces are taken along, in a script of its
// own that is loaded by the first page that draws one.
import type { Drawn } from '../ui/card';
import { h } from '../ui/dom';
import { isInSight, turn } from '../ui/turns';
import { faded, theme, type Theme } from './theme';

/* eslint-disable-next-line @typescript-eslint/consistent-type-definitions */
export type Trace = Record<string, unknown>;
export type Layout = Record<string, unknown>;

interface PlotlyModule {
    newPlot(node: HTMLElement, data: Trace[], layout: Layout, config: object): Promise<unknown>;
    purge(node: HTMLElement): void;
    toImage(node: HTMLElement, options: object): Promise<string>;
}

let loaded: Promise<PlotlyModule> | null = null;

/**
 * Plotly writes rules of style into an element of its own, which the page forbids. An element of this name and class tells
 * it that the rules stand in the style sheet (plotly.css).
 */
function withoutStyles(): void {
    const mark = document.createElement('meta');
    mark.id = 'plotly.js-style-global';
    mark.className = 'no-inline-styles';
    document.head.append(mark);
}

function load(): Promise<PlotlyModule> {
    if (loaded === null) {
        withoutStyles();
    }
    loaded ??= import('./plotly-bundle').then((module) => module.default as unknown as PlotlyModule);
    return loaded;
}

export interface Plot {
    /** What a screen reader says of it: the finding; its table says the rest. */
    label: string;
    height: number;
    traces(colours: Theme): Trace[];
    layout(colours: Theme): Layout;
}

/** The quiet frame of all plots: no grid up and down, no zero line, no words, which the page writes itself (notes.ts). */
function frame(colours: Theme, layout: Layout): Layout {
    const axis = {
        gridcolor: colours.line,
        linecolor: colours.control,
        zeroline: false,
        fixedrange: true,
        showticklabels: false,
        ticks: '',
    };
    const own = layout as { xaxis?: object; yaxis?: object };
    return {
        margin: { l: 48, r: 16, t: 8, b: 32 },
        paper_bgcolor: faded('#000000', 0),
        plot_bgcolor: faded('#000000', 0),
        font: { family: colours.font, size: colours.size, color: colours.ink },
        showlegend: false,
        hovermode: false,
        ...layout,
        xaxis: { ...axis, showgrid: false, ...own.xaxis },
        yaxis: { ...axis, ...own.yaxis },
    };
}

export function drawPlot(plot: Plot): Drawn {
    const node = h('div', { class: 'plot', role: 'img', 'aria-label': plot.label });
    node.style.height = `${plot.height}px`;
    const colours = theme();
    let gone = false;
    let plotly: PlotlyModule | null = null;
    node.setAttribute('aria-busy', 'true');
    void load().then(async (module) => {
        await turn(() => isInSight(node));
        node.removeAttribute('aria-busy');
        if (gone) {
            return;
        }
        plotly = module;
        await module.newPlot(node, plot.traces(colours), frame(colours, plot.layout(colours)), {
            displayModeBar: false,
            responsive: true,
            staticPlot: true, // the pointer and the keys are the page's own (pointing.ts, heat.ts)
        });
    });
    return {
        node,
        destroy() {
            gone = true;
            plotly?.purge(node);
        },
    };
}

/** A colour scale of Plotly from the five colours of the palette. */
export function heatScale(colours: Theme): [number, string][] {
    return colours.heat.map((colour, i) => [i / (colours.heat.length - 1), colour]);
}

/**
 * A plot that fills its card and is at least `height` pixels high at letters of 12 pixels; its layout may depend on the
 * size that it is drawn at.
 */
export function drawFilling(plot: {
    label: string;
    height: number;
    traces(colours: Theme): Trace[];
    layout(colours: Theme, width: number, height: number): Layout;
}): Drawn {
    const height = plot.height * (theme().size / 12);
    const drawn = drawPlot({
        label: plot.label,
        height,
        traces: plot.traces,
        layout: (colours) => plot.layout(colours, drawn.node.clientWidth, drawn.node.clientHeight),
    });
    drawn.node.style.height = '100%';
    drawn.node.style.minHeight = `${height}px`;
    return drawn;
}
