// Colours of the palette that is on, for canvases: they cannot read the style sheet by themselves.

export interface Theme {
    background: string;
    surface: string;
    sunken: string;
    ink: string;
    muted: string;
    line: string;
    control: string;
    accent: string;
    ghost: string;
    positive: string;
    positiveWash: string;
    negative: string;
    negativeWash: string;
    heat: string[];
    series: string[];
    font: string;
    /** Pixels of a letter in a chart: grows with the root size on very wide pages. */
    size: number;
}

/** #abc as #aabbcc: the style sheet is made short when it is built. */
export function longHex(colour: string): string {
    return /^#[0-9a-f]{3}$/i.test(colour) ? `#${[...colour.slice(1)].map((c) => c + c).join('')}` : colour;
}

let known: { key: string; theme: Theme } | null = null;

/** The colours of now; read anew where the palette or the size of the window is another one. */
export function theme(): Theme {
    const { palette, mode } = document.documentElement.dataset;
    const key = `${palette} ${mode} ${innerWidth}`;
    if (known?.key !== key) {
        known = { key, theme: readTheme() };
    }
    return known.theme;
}

function readTheme(): Theme {
    const style = getComputedStyle(document.documentElement);
    const read = (name: string): string => longHex(style.getPropertyValue(`--${name}`).trim());
    return {
        background: read('background'),
        surface: read('surface'),
        sunken: read('sunken'),
        ink: read('ink'),
        muted: read('muted'),
        line: read('line'),
        control: read('control'),
        accent: read('accent'),
        ghost: read('ghost'),
        positive: read('positive'),
        positiveWash: read('positive-wash'),
        negative: read('negative'),
        negativeWash: read('negative-wash'),
        heat: [1, 2, 3, 4, 5].map((i) => read(`heat-${i}`)),
        series: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => read(`series-${i}`)),
        font: read('font'),
        size: (12 * Number.parseFloat(style.fontSize)) / 16,
    };
}

/** `colour` (#rrggbb) with an opacity. */
export function faded(colour: string, opacity: number): string {
    const value = Number.parseInt(colour.slice(1), 16);
    return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${opacity})`;
}

/** Dash and point of the series `index`: colour is the third signal. */
export const DASHES: readonly number[][] = [[], [10, 4], [4, 3], [8, 3, 2, 3], [6, 6], [2, 3], [12, 3, 3, 3], []];
export const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'cross', 'star', 'crossRot', 'circle'] as const;

/** Pure black or white on a colour, whichever contrasts more. */
export function inkOn(colour: string): string {
    const value = Number.parseInt(colour.slice(1), 16);
    const linear = [value >> 16, (value >> 8) & 255, value & 255].map((c) => {
        const part = c / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const light = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
    return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

/** The colour at `share` (0 to 1) of a scale of colours. */
export function onScale(scale: readonly string[], share: number): string {
    const at = Math.max(0, Math.min(1, share)) * (scale.length - 1);
    const low = scale[Math.floor(at)] ?? '#000000';
    const high = scale[Math.ceil(at)] ?? low;
    const mix = at - Math.floor(at);
    const channel = (shift: number): string => {
        const a = (Number.parseInt(low.slice(1), 16) >> shift) & 255;
        const b = (Number.parseInt(high.slice(1), 16) >> shift) & 255;
        return Math.round(a + (b - a) * mix)
            .toString(16)
            .padStart(2, '0');
    };
    return `#${channel(16)}${channel(8)}${channel(0)}`;
}
